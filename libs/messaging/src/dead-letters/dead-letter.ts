import { EVENT_CATALOGUE, type EventDefinition, type KnownError, topicName } from '@tollgate/contracts';
import type { KafkaMessage } from 'kafkajs';
import { type AcceptedTimes, parseRecord, type TopicReader } from '../record-parser.ts';
import type { InboxKey } from '../received-event.ts';
import { DEAD_LETTER_HEADERS, REDRIVE_FOR_HEADER, REDRIVE_HEADER } from './dead-letter-headers.ts';

/** A record that a consumer could not handle, as it lies on that consumer's dead-letter topic. */
export interface DeadLetter {
  /** `<consumer>/<topic without prefix>/<partition>/<offset>` of the record that died: told once, whoever lists it. */
  readonly id: string;
  readonly consumer: string;
  /** Where the record died, and where a re-drive sends it. */
  readonly origin: { readonly topic: string; readonly partition: number; readonly offset: string };
  readonly code: string;
  /** The error's text and facts. */
  readonly reason: { readonly message: string; readonly facts?: Readonly<Record<string, unknown>> };
  /** Frames, innermost first. */
  readonly stack: readonly string[];
  /** How often it died. */
  readonly count: number;
  readonly failedAt: Date;
  /** When the broker first had it. */
  readonly receivedAt: Date;
  readonly key: string | null;
  readonly valueBytes: number;
  readonly eventId?: string;
  readonly eventType?: string;
  readonly subject?: string;
  readonly traceparent?: string;
  /** The dead letter that it was before, and was re-driven as. */
  readonly redriveOf?: string;
  /** By what the consumer's inbox knows it. */
  readonly inboxKey: InboxKey;
  /** Why a service of this version would refuse the record before any handler sees it. */
  readonly refusal?: { readonly code: string; readonly message: string };
}

/** A dead letter with its record, headers included. */
export interface OpenedLetter {
  readonly letter: DeadLetter;
  readonly headers: Readonly<Record<string, string>>;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

const DEFINITIONS: ReadonlyMap<string, EventDefinition> = new Map(
  EVENT_CATALOGUE.map(({ definition }) => [definition.type, definition as unknown as EventDefinition]),
);

/**
 * Reads one record of a dead-letter topic, as a service of this version would read the record that died.
 * @returns undefined for a record that no consumer of ours has put there
 */
export function toOpenedLetter(
  message: Pick<KafkaMessage, 'key' | 'value' | 'headers' | 'timestamp'>,
  topicPrefix: string,
  accepted: AcceptedTimes,
): OpenedLetter | undefined {
  const headers = toTextHeaders(message.headers);
  const header = (name: keyof typeof DEAD_LETTER_HEADERS): string | undefined => headers[DEAD_LETTER_HEADERS[name]];
  const [consumer, topic, partition, offset] = [
    header('consumer'),
    header('topic'),
    header('partition'),
    header('offset'),
  ];
  const failedAt = new Date(header('failedAt') ?? Number(message.timestamp));
  if (!consumer || !topic || !isCount(partition) || !isCount(offset) || Number.isNaN(failedAt.getTime())) {
    return undefined;
  }
  const origin = { topic, partition: Number(partition), offset };
  // Letters of older versions do not say when the record came: it was there when it died.
  const receivedAt = toDate(header('receivedAt')) ?? failedAt;
  const code = header('code') ?? 'HANDLER_FAILED';
  const parsed = parseRecord(
    { ...message, offset, timestamp: String(receivedAt.getTime()), attributes: 0 } as KafkaMessage,
    origin,
    toReader(topic, topicPrefix, code),
    accepted,
  )!;
  const letter: DeadLetter = {
    id: `${consumer}/${withoutPrefix(topic, topicPrefix)}/${partition}/${offset}`,
    consumer,
    origin,
    code,
    reason: toReason(header('reason')),
    stack: (header('stack') ?? '').split(' < ').filter((frame) => frame !== ''),
    count: isCount(header('count')) ? Number(header('count')) : 1,
    failedAt,
    receivedAt,
    key: message.key?.toString('utf8') ?? null,
    valueBytes: message.value?.length ?? 0,
    ...withoutAbsent({
      eventId: headers['ce_id'],
      eventType: headers['ce_type'],
      subject: headers['ce_subject'],
      traceparent: headers['traceparent'],
      redriveOf: headers[REDRIVE_HEADER],
    }),
    inboxKey: parsed.inboxKey,
    ...(parsed.poison === undefined ? {} : { refusal: toRefusal(parsed.poison) }),
  };
  return { letter, headers, key: message.key, value: message.value };
}

/** Headers of the record when it is sent again: its own, and what tells the consumer that this is a re-drive. */
export function toRedriveHeaders({ letter, headers }: OpenedLetter): Record<string, string> {
  const aboutThisDeath = new Set<string>(Object.values(DEAD_LETTER_HEADERS));
  const own = Object.entries(headers).filter(([name]) => !aboutThisDeath.has(name));
  return {
    ...Object.fromEntries(own),
    [DEAD_LETTER_HEADERS.count]: String(letter.count),
    [DEAD_LETTER_HEADERS.receivedAt]: letter.receivedAt.toISOString(),
    [REDRIVE_HEADER]: letter.id,
    [REDRIVE_FOR_HEADER]: letter.consumer,
  };
}

/** Everything of the contract that travels on this topic. An event that was young enough once is not too old now. */
function toReader(topic: string, topicPrefix: string, code: string): TopicReader {
  const definitions = [...DEFINITIONS].filter(([, definition]) => topicName(definition.topic, topicPrefix) === topic);
  const types = definitions.map(([type]) => type);
  return {
    definitions: new Map(definitions),
    ignored: new Set(),
    ageless: new Set(code === 'EVENT_TIME_REFUSED' ? [] : types),
    ownSkipped: new Set(),
    concerns: new Map(),
    ownSource: '',
  };
}

function toRefusal({ code, message }: KnownError): { code: string; message: string } {
  return { code, message };
}

function toReason(text: string | undefined): DeadLetter['reason'] {
  try {
    const { message, facts } = JSON.parse(text ?? '') as { message?: unknown; facts?: Record<string, unknown> };
    return { message: String(message), ...(facts === undefined ? {} : { facts }) };
  } catch {
    return { message: text ?? '' }; // cut off at its largest length
  }
}

function toTextHeaders(headers: KafkaMessage['headers']): Record<string, string> {
  const pairs = Object.entries(headers ?? {}).flatMap(([name, value]) => {
    const first = Array.isArray(value) ? value[0] : value;
    return first === undefined ? [] : [[name, first.toString()] as const];
  });
  return Object.fromEntries(pairs);
}

function withoutPrefix(topic: string, prefix: string): string {
  return topic.startsWith(`${prefix}.`) ? topic.slice(prefix.length + 1) : topic;
}

function toDate(text: string | undefined): Date | undefined {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function isCount(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,19}$/.test(text);
}

function withoutAbsent<T extends Record<string, string | undefined>>(parts: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as never;
}
