import { hash } from 'node:crypto';
import { envelopeHeaders, type EventDefinition, KnownError } from '@tollgate/contracts';
import type { KafkaMessage } from 'kafkajs';
import { DEAD_LETTER_HEADERS, REDRIVE_FOR_HEADER, REDRIVE_HEADER } from './dead-letters/dead-letter-headers.ts';
import { EVENT_TIME_AHEAD_MAX_MS, RECORD_DEPTH_MAX } from './messaging.config.ts';
import type { InboxKey, ParsedRecord, RawRecord, RecordOrigin } from './received-event.ts';

/** W3C Trace Context, version 00. An invalid one is ignored; handed on, it could fail events of others. */
const TRACEPARENT = /^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/** What one topic may carry for this consumer. */
export interface TopicReader {
  readonly definitions: ReadonlyMap<string, EventDefinition>;
  /** Types of the topic that this consumer has said it does not need. */
  readonly ignored: ReadonlySet<string>;
  /** Types whose handler tells duplicates by a natural key, so that any age is fine. */
  readonly ageless: ReadonlySet<string>;
  /** Types that this service does not read back when they are its own. */
  readonly ownSkipped: ReadonlySet<string>;
  readonly ownSource: string;
  /** By type: false for data that this consumer drops. */
  readonly concerns: ReadonlyMap<string, (data: unknown) => boolean>;
}

/** Milliseconds; events outside of it cannot be told apart by the inbox. */
export interface AcceptedTimes {
  readonly nowMs: number;
  readonly oldestMs: number;
}

/**
 * Turns one record into an event, or into poison with a code: never throws.
 * CloudEvents 1.0, Kafka binding, binary mode. Returns undefined for what the consumer skips on purpose.
 */
export function parseRecord(
  message: KafkaMessage,
  place: { topic: string; partition: number },
  reader: TopicReader,
  accepted: AcceptedTimes,
): ParsedRecord | undefined {
  const raw = toRawRecord(message, place, accepted);
  const shared = describeRecord(raw);
  const poisoned = (poison: KnownError, inboxKey: InboxKey = originKey(raw)): ParsedRecord => ({
    ...shared,
    inboxKey,
    poison,
  });

  const envelope = envelopeHeaders.safeParse(raw.headers);
  if (!envelope.success) {
    return poisoned(new KnownError('RECORD_ENVELOPE_INVALID', { facts: { errors: toIssues(envelope.error.issues) } }));
  }
  const { ce_id: id, ce_source: source, ce_type: type, ce_subject: subject, traceparent } = envelope.data;
  if (reader.ignored.has(type) || (source === reader.ownSource && reader.ownSkipped.has(type))) {
    return undefined;
  }
  const time = new Date(envelope.data.ce_time);
  const tooOld = time.getTime() < accepted.oldestMs;
  const tooNew = time.getTime() > accepted.nowMs + EVENT_TIME_AHEAD_MAX_MS;
  const beyondInbox = tooOld && reader.ageless.has(type);
  if (tooNew || (tooOld && !beyondInbox)) {
    return poisoned(new KnownError('EVENT_TIME_REFUSED', { facts: { time: envelope.data.ce_time } }));
  }
  const ownKey: InboxKey = { source, id, time, digest: digestOf(type, raw.value) };
  const inboxKey = beyondInbox ? originKey(raw) : ownKey;
  const definition = reader.definitions.get(type);
  if (definition === undefined) {
    return poisoned(new KnownError('EVENT_TYPE_UNKNOWN', { facts: { type } }), inboxKey);
  }
  const body = parseBody(raw.value, definition);
  if (body instanceof KnownError) {
    return poisoned(body, inboxKey);
  }
  const key = raw.key?.toString('utf8');
  if (key === undefined || key !== definition.keyOf(body.data)) {
    return poisoned(new KnownError('RECORD_KEY_INVALID', { facts: { missing: key === undefined } }), inboxKey);
  }
  if (reader.concerns.get(type)?.(body.data) === false) {
    return undefined;
  }
  return {
    ...shared,
    inboxKey,
    ...(beyondInbox ? { beyondInbox } : {}),
    definition,
    event: {
      id,
      source,
      type,
      subject,
      time,
      key,
      data: body.data,
      brokerTimestamp: raw.origin.brokerTimestamp,
      ...(traceparent !== undefined && TRACEPARENT.test(traceparent) ? { traceparent } : {}),
    },
  };
}

/** Names a record by the place where it lies: for records without a usable envelope, and for conflicting ones. */
export function originKey(raw: RawRecord): InboxKey {
  return {
    source: `kafka:${raw.origin.topic}`,
    id: `${raw.origin.partition}/${raw.origin.offset}`,
    time: raw.origin.inboxTime,
    digest: digestOf('', raw.value),
  };
}

function toRawRecord(
  message: KafkaMessage,
  place: { topic: string; partition: number },
  accepted: AcceptedTimes,
): RawRecord {
  const headers = toTextHeaders(message.headers);
  const appendedMs = Number(message.timestamp);
  const isFileable = appendedMs >= accepted.oldestMs && appendedMs <= accepted.nowMs + EVENT_TIME_AHEAD_MAX_MS;
  const inboxTime = new Date(isFileable ? appendedMs : accepted.oldestMs);
  const brokerTimestamp = toFirstReceipt(new Date(appendedMs), headers) ?? inboxTime;
  const origin: RecordOrigin = { ...place, offset: message.offset, brokerTimestamp, inboxTime };
  return { origin, key: message.key, value: message.value, headers };
}

/** What is known of any record, event or poison. */
function describeRecord(raw: RawRecord): Pick<ParsedRecord, 'raw' | 'bytes' | 'redriveOf' | 'redriveFor'> {
  const redriveOf = raw.headers[REDRIVE_HEADER];
  const redriveFor = redriveOf === undefined ? undefined : raw.headers[REDRIVE_FOR_HEADER];
  return {
    raw,
    bytes: (raw.value?.length ?? 0) + (raw.key?.length ?? 0),
    ...(redriveOf === undefined ? {} : { redriveOf }),
    ...(redriveFor === undefined ? {} : { redriveFor }),
  };
}

/**
 * When the broker first had the record. A re-driven one carries that, and is believed as long as it makes no clock run
 * longer. Undefined when the producer has set a time that is none.
 */
function toFirstReceipt(appendedAt: Date, headers: Readonly<Record<string, string>>): Date | undefined {
  const carried = headers[REDRIVE_HEADER] === undefined ? undefined : headers[DEAD_LETTER_HEADERS.receivedAt];
  const receivedAt = new Date(carried ?? Number.NaN);
  if (receivedAt.getTime() < appendedAt.getTime()) {
    return receivedAt;
  }
  return Number.isNaN(appendedAt.getTime()) ? undefined : appendedAt;
}

function parseBody(value: Buffer | null, definition: EventDefinition): { data: unknown } | KnownError {
  if (value === null) {
    return new KnownError('RECORD_NOT_JSON', { detail: 'The record has no value' });
  }
  const text = value.toString('utf8');
  if (depthOf(text) > RECORD_DEPTH_MAX) {
    return new KnownError('RECORD_TOO_DEEP', { facts: { depthMax: RECORD_DEPTH_MAX } });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's message quotes the record, which may hold what must not reach a dead letter's reason.
    return new KnownError('RECORD_NOT_JSON');
  }
  const parsed = definition.schema.safeParse(json);
  return parsed.success
    ? { data: parsed.data }
    : new KnownError('RECORD_SCHEMA_INVALID', { facts: { errors: toIssues(parsed.error.issues) } });
}

/** Field problems without the offending values. */
function toIssues(issues: ReadonlyArray<{ path: PropertyKey[]; message: string }>): object[] {
  return issues.slice(0, 20).map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
}

function toTextHeaders(headers: KafkaMessage['headers']): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined && first !== null) {
      texts[name] = first.toString();
    }
  }
  return texts;
}

function digestOf(type: string, value: Buffer | null): Buffer {
  const typeLine = Buffer.from(`${type}\n`);
  return hash('sha256', value === null ? typeLine : Buffer.concat([typeLine, value]), 'buffer').subarray(0, 16);
}

/** Deepest nesting of brackets outside of strings: found before parsing, because JSON.parse and schemas recurse. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) {
        i++; // the character after a backslash ends nothing
      } else if (code === 0x22) {
        inString = false;
      }
    } else if (code === 0x22) {
      inString = true;
    } else if (code === 0x7b || code === 0x5b) {
      deepest = Math.max(deepest, ++depth);
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    }
  }
  return deepest;
}
