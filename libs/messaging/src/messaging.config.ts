import { DEFAULT_TOPIC_PREFIX, KnownError, TOPIC_RETENTION_DAYS } from '@tollgate/contracts';
import { z } from 'zod';

/** How long a dead letter can still be re-driven. Days. */
export const DEAD_LETTER_RETENTION_DAYS = 30;
/** Room between the last possible replay of an event and the end of its inbox row. Days. */
const INBOX_MARGIN_DAYS = 7;
/** What an inbox row must outlive: the topic, then the dead-letter topic, then a week. Days. */
export const INBOX_RETENTION_DAYS_MIN = TOPIC_RETENTION_DAYS + DEAD_LETTER_RETENTION_DAYS + INBOX_MARGIN_DAYS;

/** Environment variables of the event path, to be merged into a service's settings. */
export const messagingEnvironment = z.object({
  KAFKA_BROKERS: z
    .string()
    .regex(/^[^,\s:]+:\d+(,[^,\s:]+:\d+)*$/, { error: 'host:port, comma separated' })
    .meta({ description: 'Kafka bootstrap servers' }),
  TOPIC_PREFIX: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/)
    .default(DEFAULT_TOPIC_PREFIX),
  KAFKA_SESSION_TIMEOUT_MS: z.coerce.number().int().min(1_000).max(60_000).default(10_000),
  KAFKA_REPLICATION_FACTOR: z.coerce
    .number()
    .int()
    .min(-1)
    .default(-1)
    .meta({ description: 'Of topics that are created; -1 = the broker default. In production 3, with min.insync 2' }),
  INBOX_RETENTION_DAYS: z.coerce.number().int().positive().default(90),
  OUTBOX_GRACE_MS: z.coerce
    .number()
    .int()
    .min(100)
    .default(5_000)
    .meta({ description: 'Age at which the relay ships an outbox row that its own transaction has not published' }),
});
export type MessagingEnvironment = z.output<typeof messagingEnvironment>;

/** Settings of one service's event path. */
export interface MessagingSettings {
  /** The app's name: the consumer in the inbox, the `<consumer>` of dead-letter topics, `/tollgate/<service>`. */
  readonly service: string;
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
  readonly sessionTimeoutMs: number;
  readonly replicationFactor: number;
  readonly inboxRetentionDays: number;
  readonly outboxGraceMs: number;
}

/**
 * Reads the settings and asserts what keeps replays harmless.
 * @throws KnownError VALIDATION_FAILED when inbox rows would not outlive what can be replayed
 */
export function toMessagingSettings(service: string, environment: MessagingEnvironment): MessagingSettings {
  if (environment.INBOX_RETENTION_DAYS < INBOX_RETENTION_DAYS_MIN) {
    throw new KnownError('VALIDATION_FAILED', {
      detail:
        `INBOX_RETENTION_DAYS is ${environment.INBOX_RETENTION_DAYS}, at least ${INBOX_RETENTION_DAYS_MIN} is needed: ` +
        'an event that is replayed after its inbox row is gone would take effect twice',
    });
  }
  return Object.freeze({
    service,
    brokers: environment.KAFKA_BROKERS.split(','),
    topicPrefix: environment.TOPIC_PREFIX,
    sessionTimeoutMs: environment.KAFKA_SESSION_TIMEOUT_MS,
    replicationFactor: environment.KAFKA_REPLICATION_FACTOR,
    inboxRetentionDays: environment.INBOX_RETENTION_DAYS,
    outboxGraceMs: environment.OUTBOX_GRACE_MS,
  });
}

/**
 * A broker answers with some partitions missing, or without their leader, while a topic is just being made; the client
 * then leaves those unread until it asks again, by default after five minutes. Milliseconds.
 */
export const METADATA_AGE_MAX_MS = 3_000;

/** Most records of one transaction. More records in hand become several transactions. */
export const BATCH_RECORDS_MAX = 500;
/** Most bytes of record values of one transaction. */
export const BATCH_BYTES_MAX = 4 * 1024 * 1024;
/** Most bytes that one fetch brings into memory. */
export const FETCH_BYTES_MAX = 8 * 1024 * 1024;
/** The largest record of a source topic. Bytes. */
export const RECORD_BYTES_MAX = 1024 * 1024;
/** Dead letters carry their origin and reason on top of the record. Bytes. */
export const DEAD_LETTER_BYTES_MAX = 2 * RECORD_BYTES_MAX;
/** Deepest nesting of JSON that is looked at. Levels. */
export const RECORD_DEPTH_MAX = 64;
/** Tries of a record during which the process died, before the record is dead-lettered unhandled. */
export const DEADLY_TRIES_MAX = 5;
/** An event time further ahead than this is refused. Milliseconds. */
export const EVENT_TIME_AHEAD_MAX_MS = 24 * 60 * 60 * 1000;
