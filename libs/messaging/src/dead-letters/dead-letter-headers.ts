/** Headers of a dead letter, on top of the record's own. */
export const DEAD_LETTER_HEADERS = {
  code: 'tollgate-dead-letter-code',
  reason: 'tollgate-dead-letter-reason',
  stack: 'tollgate-dead-letter-stack',
  consumer: 'tollgate-dead-letter-consumer',
  topic: 'tollgate-dead-letter-topic',
  partition: 'tollgate-dead-letter-partition',
  offset: 'tollgate-dead-letter-offset',
  failedAt: 'tollgate-dead-letter-failed-at',
  count: 'tollgate-dead-letter-count',
  /** The broker's first timestamp: clocks that run from it do not start anew when the record is sent again. */
  receivedAt: 'tollgate-dead-letter-received-at',
} as const;

/** Header that a re-drive puts on a record: the dead letter it was. */
export const REDRIVE_HEADER = 'tollgate-redrive-of';

/** The consumer that a re-driven record is meant for; to the others it is a copy of what they have seen. */
export const REDRIVE_FOR_HEADER = 'tollgate-redrive-for';
