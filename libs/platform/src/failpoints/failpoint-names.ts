/**
 * Every point between two side effects at which a process may die, with what has happened by then: outside of the
 * process, not in its memory. The crash tests kill a process at each of them; a name that no code reaches, or that no
 * test kills at, fails a test.
 */
export const FAILPOINTS = {
  // A batch of records, in every service that reads topics.
  'in-hand.after-mark': 'what is in hand is noted, nothing of it is handled',
  'in-hand.after-clear': 'what an earlier process had in hand when it died is handled, and the note is gone',
  'batch.before-commit': 'a batch of records is handled, nothing is committed',
  'batch.after-commit': 'a batch of records is committed, nothing of it is published',
  'bury.before-commit': 'a dead letter is written, nothing is committed',
  'bury.after-commit': 'a dead letter is committed and not published',
  'offsets.before-commit': 'batches took effect, and will be read again',
  'offsets.after-commit': 'batches took effect, and will not be read again',

  // What a transaction emits, on its way to the topics.
  'transaction.after-commit': 'a transaction of a request or a job is committed, nothing of it is published',
  'publish.after-send': 'events are on their topics, and in the outbox as well',
  'publish.after-delete': 'events are on their topics, and in the outbox no more',
  'relay.after-lease': 'the relay has leased what a crash left in the outbox, and sent nothing',
  'relay.after-send': 'the relay has sent what a crash left, which is in the outbox as well',
  'relay.after-delete': 'the relay has sent what a crash left, which is in the outbox no more',

  // At every start.
  'inbox.before-commit': "the inbox's partitions are made, nothing is committed",
  'inbox.after-commit': "the inbox's partitions are there, nothing is read yet",

  // intake
  'post.before-commit': 'posted attempts are stored, nothing is committed',
  'post.after-commit': 'posted attempts are committed, the shop has no answer',
  'abort.before-commit': "the shop's abort is stored, nothing is committed",
  'abort.after-commit': "the shop's abort is committed, the shop has no answer",
  'deadline.before-commit': 'overdue attempts are decided, nothing is committed',
  'deadline.after-commit': 'overdue attempts are decided for good',

  // gateway
  'lease.before-commit': 'due actions are leased, nothing is committed',
  'lease.after-commit': 'due actions are leased for good, their calls have not begun',
  'call.before-send': 'an action says that its call may have arrived at Primer, nothing is sent',
  'call.after-answer': 'Primer has answered a call, its answer is not recorded',
  'find.after-answer': "Primer has told whether an attempt's payment exists, its answer is not recorded",
  'renewal.after-commit': 'the leases of calls that take long are prolonged',
  'result.before-commit': 'answers of Primer are recorded, nothing is committed',
  'result.after-commit': 'answers of Primer are recorded for good',
  'compare.before-commit': 'reported payments are compared with their decisions, nothing is committed',
  'compare.after-commit': 'reported payments are compared with their decisions for good',

  // ledger
  'webhook.before-commit': 'webhooks are stored, nothing is committed',
  'webhook.after-commit': 'webhooks are committed, Primer has no answer',
  'sweep.after-lease': 'payments to be read back are leased, none is read',
  'sweep.after-read': 'payments are read back, what they say is not stored',
  'sweep.before-commit': 'what payments said when read back is stored, nothing is committed',
  'sweep.after-commit': 'what payments said when read back is stored for good',
  'list.after-lease': "a look at Primer's list of payments is leased, nothing is listed",
  'list.after-read': "a page of Primer's list is read, nothing is asked for",
  'list.after-request': 'reads of listed payments are asked for, the look is not finished',
  'list.after-finish': "the look at Primer's list is finished",
} as const satisfies Readonly<Record<string, string>>;

export type FailpointName = keyof typeof FAILPOINTS;
