import { z } from 'zod';
import { type EventCause, outsideId } from '../ids.ts';

/** Topics by their plural noun; the full name is `<prefix>.<noun>.v1`. */
export const TOPICS = [
  'attempts',
  'decisions',
  'outcomes',
  'approvals',
  'payment-commands',
  'payment-command-results',
  'payment-statuses',
] as const;
export type Topic = (typeof TOPICS)[number];

export const DEFAULT_TOPIC_PREFIX = 'tollgate';
/** Partitions of every topic. A constant of the contract: keys keep their partition for ever. */
export const TOPIC_PARTITIONS = 12;
/** How long records stay on a topic. Days. */
export const TOPIC_RETENTION_DAYS = 30;

/** `<prefix>.attempts.v1` */
export function topicName(topic: Topic, prefix: string = DEFAULT_TOPIC_PREFIX): string {
  return `${prefix}.${topic}.v1`;
}

/** `<prefix>.attempts.v1.risk.dlq` */
export function deadLetterTopicName(topicFullName: string, consumer: string): string {
  return `${topicFullName}.${consumer}.dlq`;
}

/** CloudEvents 1.0, Kafka protocol binding, binary mode: attributes are headers, the value is the data as JSON. */
export const envelopeHeaders = z
  .object({
    ce_specversion: z.literal('1.0'),
    ce_id: outsideId,
    ce_type: outsideId,
    ce_source: outsideId.meta({ description: 'A URI reference; /tollgate/<app> for our own' }),
    ce_time: z.iso.datetime({ offset: true }),
    ce_subject: outsideId,
    'content-type': z
      .string()
      .regex(/^application\/json(\s*;.*)?$/i, { error: 'application/json expected' })
      .optional(),
    traceparent: z.string().optional(),
  })
  .meta({ id: 'CloudEventHeaders' });

/** What a type of event is: where it travels, what it says, what it is keyed by. */
export interface EventDefinition<Data = unknown> {
  readonly topic: Topic;
  /** `ce_type`, for example `tollgate.attempt.tokenised.v1`. */
  readonly type: string;
  readonly title: string;
  readonly schema: z.ZodType<Data>;
  /** The Kafka key: attempt id, payment id, or the command id of a create. Every reader checks that the record's key is this. */
  readonly keyOf: (data: Data) => string;
}

/** An event about to be written to the outbox. Build it with `event()`. */
export interface OutgoingEvent {
  readonly definition: EventDefinition<never>;
  readonly subject: string;
  readonly key: string;
  readonly data: unknown;
  readonly cause: EventCause;
  /** Set where the trace to continue is known: otherwise that of the request or of the event with the same subject. */
  readonly traceparent?: string;
}

/**
 * Makes an outgoing event. Its id will be UUIDv5 over (producer, type, subject, cause): handling one cause twice
 * gives the same id.
 */
export function event<Data>(parts: {
  definition: EventDefinition<Data>;
  data: NoInfer<Data>;
  subject: string;
  cause: EventCause;
  traceparent?: string;
}): OutgoingEvent {
  const { definition, data, subject, cause, traceparent } = parts;
  return {
    definition: definition as unknown as EventDefinition<never>,
    data,
    subject,
    key: definition.keyOf(data),
    cause,
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
