import { KnownError, type OutgoingEvent, deadLetterTopicName, toEventId, topicName } from '@tollgate/contracts';
import type { Transaction } from '@tollgate/persistence';
import { v7 as uuidV7 } from 'uuid';
import { DEAD_LETTER_HEADERS } from './dead-letters/dead-letter-headers.ts';
import { type MessagingSettings, RECORD_BYTES_MAX } from './messaging.config.ts';
import type { ParsedRecord } from './received-event.ts';
import { insertOutbox } from './sql/outbox.sql.ts';

/** One record to publish, as stored: bytes and headers are never made again. */
export interface OutboxRow {
  readonly id: string;
  readonly topic: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string | Buffer | null;
}

const STACK_LINES_MAX = 6;
const REASON_LENGTH_MAX = 2_000;
/** Bytes that are no UTF-8 grow threefold as text: a key or headers longer than this would not fit the topic. */
const DEAD_TEXT_BYTES_MAX = RECORD_BYTES_MAX / 4;

/** `ce_source` of what a service publishes. */
export function toEventSource(service: string): string {
  return `/tollgate/${service}`;
}

/** An outgoing event as an outbox row. `ce_time` is set here, once. */
export function toOutboxRow(
  settings: Pick<MessagingSettings, 'service' | 'topicPrefix'>,
  outgoing: OutgoingEvent,
  traceparent: string | undefined,
): OutboxRow {
  const { definition, subject, key, cause } = outgoing;
  const source = toEventSource(settings.service);
  const parsed = definition.schema.safeParse(outgoing.data);
  if (!parsed.success) {
    // Every reader would dead-letter it: better that the transaction fails which made it.
    throw new KnownError('HANDLER_FAILED', {
      detail: `${definition.type} does not fit its own schema`,
      cause: parsed.error,
    });
  }
  return {
    id: uuidV7(),
    topic: topicName(definition.topic, settings.topicPrefix),
    key,
    headers: {
      ce_specversion: '1.0',
      ce_id: toEventId({ producer: source, type: definition.type, subject, cause }),
      ce_type: definition.type,
      ce_source: source,
      ce_time: new Date().toISOString(),
      ce_subject: subject,
      'content-type': 'application/json',
      ...(traceparent === undefined ? {} : { traceparent }),
    },
    value: JSON.stringify(parsed.data),
  };
}

/**
 * The record, unchanged, with where it came from and why it could not be handled. A key or headers of absurd length
 * are left where they lie, or the letter could never be delivered.
 */
export function toDeadLetterRow(service: string, record: ParsedRecord, poison: KnownError): OutboxRow {
  const { origin, headers, key, value } = record.raw;
  const keyText = key?.toString('utf8').replaceAll('\u0000', '\uFFFD');
  const fits = (text: string): boolean => Buffer.byteLength(text) <= DEAD_TEXT_BYTES_MAX;
  const earlierCount = Number(headers[DEAD_LETTER_HEADERS.count] ?? 0);
  return {
    id: uuidV7(),
    topic: deadLetterTopicName(origin.topic, service),
    // A text column takes no U+0000; like bytes that are no UTF-8 it is replaced.
    key: keyText === undefined || !fits(keyText) ? null : keyText,
    headers: {
      ...(fits(JSON.stringify(headers)) ? headers : {}),
      [DEAD_LETTER_HEADERS.code]: poison.code,
      [DEAD_LETTER_HEADERS.reason]: toReason(poison),
      [DEAD_LETTER_HEADERS.stack]: toShortStack(poison.cause ?? poison),
      [DEAD_LETTER_HEADERS.consumer]: service,
      [DEAD_LETTER_HEADERS.topic]: origin.topic,
      [DEAD_LETTER_HEADERS.partition]: String(origin.partition),
      [DEAD_LETTER_HEADERS.offset]: origin.offset,
      [DEAD_LETTER_HEADERS.failedAt]: new Date().toISOString(),
      [DEAD_LETTER_HEADERS.receivedAt]: origin.brokerTimestamp.toISOString(),
      [DEAD_LETTER_HEADERS.count]: String((Number.isSafeInteger(earlierCount) ? earlierCount : 0) + 1),
    },
    value,
  };
}

function toReason({ message, facts }: KnownError): string {
  return JSON.stringify({ message, facts }).slice(0, REASON_LENGTH_MAX);
}

/** Frames only: where it failed, not with which values. */
function toShortStack(error: unknown): string {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return frames
    .filter((line) => line.startsWith('    at '))
    .slice(0, STACK_LINES_MAX)
    .map((line) => line.trim())
    .join(' < ');
}

/** Writes rows in the caller's transaction, as its last statement. */
export function writeOutbox(
  tx: Pick<Transaction, 'queryWithCommit'>,
  rows: readonly OutboxRow[],
  graceMs: number,
): void {
  if (rows.length === 0) {
    return;
  }
  const isText = (value: OutboxRow['value']): value is string => typeof value === 'string';
  tx.queryWithCommit(insertOutbox, [
    rows.map((row) => row.id),
    rows.map((row) => row.topic),
    rows.map((row) => row.key),
    rows.map((row) => JSON.stringify(row.headers)),
    rows.map((row) => (isText(row.value) ? row.value : null)),
    rows.map((row) => (isText(row.value) ? null : row.value)),
    graceMs,
  ]);
}
