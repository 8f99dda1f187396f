import { expect, it } from '@jest/globals';
import { AttemptTokenised, EVENT_CATALOGUE } from '@tollgate/contracts';
import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { parseRecord, type TopicReader } from './record-parser.ts';

const NOW_MS = Date.parse('2026-01-05T10:00:00Z');
const accepted = { nowMs: NOW_MS, oldestMs: NOW_MS - 90 * 86_400_000 };
const place = { topic: 'tollgate.attempts.v1', partition: 0 };
const reader: TopicReader = {
  definitions: new Map([[AttemptTokenised.type, AttemptTokenised as never]]),
  ignored: new Set(['tollgate.attempt.ignored.v1']),
  ageless: new Set(),
  ownSkipped: new Set(),
  concerns: new Map(),
  ownSource: '/tollgate/recorder',
};
const example = EVENT_CATALOGUE.find(({ definition }) => definition.type === AttemptTokenised.type)!.example as {
  paymentAttemptId: string;
};
const headers = {
  ce_specversion: '1.0',
  ce_id: 'id-1',
  ce_type: AttemptTokenised.type,
  ce_source: '/shop',
  ce_time: '2026-01-05T09:59:59Z',
  ce_subject: example.paymentAttemptId,
};

function message(overrides: Partial<KafkaMessage> = {}): KafkaMessage {
  return {
    key: Buffer.from(example.paymentAttemptId),
    value: Buffer.from(JSON.stringify(example)),
    timestamp: String(NOW_MS),
    attributes: 0,
    offset: '41',
    headers,
    ...overrides,
  } as KafkaMessage;
}

it('reads an event with its envelope', () => {
  const record = parseRecord(message(), place, reader, accepted)!;
  expect(record.poison).toBeUndefined();
  expect(record.event).toMatchObject({ id: 'id-1', source: '/shop', data: example, brokerTimestamp: new Date(NOW_MS) });
});

it("skips its own events where the consumer has said why, and nobody else's", () => {
  const skipping = { ...reader, ownSkipped: new Set([AttemptTokenised.type]) };
  const own = message({ headers: { ...headers, ce_source: '/tollgate/recorder' } });
  expect(parseRecord(own, place, skipping, accepted)).toBeUndefined();
  expect(parseRecord(own, place, reader, accepted)?.event).toBeDefined();
  expect(parseRecord(message(), place, skipping, accepted)?.event).toBeDefined();
});

it('drops what does not concern the consumer, once it is known to be sound', () => {
  const concernedBy = (concerned: boolean) => ({
    ...reader,
    concerns: new Map([[AttemptTokenised.type, () => concerned]]),
  });
  expect(parseRecord(message(), place, concernedBy(false), accepted)).toBeUndefined();
  expect(parseRecord(message(), place, concernedBy(true), accepted)?.event).toBeDefined();
  const unsound = message({ value: Buffer.from('{}') });
  expect(parseRecord(unsound, place, concernedBy(false), accepted)?.poison?.code).toBe('RECORD_SCHEMA_INVALID');
});

it('ignores a traceparent that is none, or what follows from the event would fail elsewhere', () => {
  const traced = (traceparent: string) =>
    parseRecord(message({ headers: { ...headers, traceparent } }), place, reader, accepted)!;
  const valid = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  expect(traced(valid).event?.traceparent).toBe(valid);
  expect(traced('\u0000bad').event).toBeDefined();
  expect(traced('\u0000bad').event?.traceparent).toBeUndefined();
});

it('never throws, whatever the bytes: a record is an event or poison with a code', () => {
  const bytes = fc.option(
    fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.json().map((text) => Buffer.from(text)),
    ),
    { nil: null },
  );
  const someHeaders = fc.dictionary(
    fc.constantFrom(...Object.keys(headers), 'traceparent', 'content-type'),
    fc.oneof(fc.string(), fc.constantFrom(...Object.values(headers))),
  );
  fc.assert(
    fc.property(bytes, bytes, someHeaders, fc.boolean(), (key, value, own, withEnvelope) => {
      const record = parseRecord(
        message({
          key: key === null ? null : Buffer.from(key),
          value: value === null ? null : Buffer.from(value),
          headers: withEnvelope ? { ...headers, ...own } : own,
        }),
        place,
        reader,
        accepted,
      );
      expect(record === undefined || (record.event === undefined) !== (record.poison === undefined)).toBe(true);
    }),
  );
});

it('never shows the record in the reason why it is poison', () => {
  const secret = 'tok_4f3c2b1a';
  const poisons = [
    message({ value: Buffer.from(`{"token":"${secret}"`) }),
    message({ value: Buffer.from(JSON.stringify({ merchantId: 7, token: secret })) }),
    message({ key: Buffer.from(secret) }),
  ];
  for (const poison of poisons) {
    const reason = parseRecord(poison, place, reader, accepted)!.poison!;
    expect(JSON.stringify([reason.message, reason.facts])).not.toContain(secret);
  }
});

it.each(['-1', '1000', '9000000000000', '9000000000000000000'])(
  'files poison stamped %s by its producer where the inbox has a partition, or it would block its own for ever',
  (timestamp) => {
    const { inboxKey } = parseRecord(message({ headers: {}, timestamp }), place, reader, accepted)!;
    expect(inboxKey.time).toEqual(new Date(accepted.oldestMs));
  },
);

it('passes over a type that the service has said it does not need', () => {
  const ignored = message({ headers: { ...headers, ce_type: 'tollgate.attempt.ignored.v1' } });
  expect(parseRecord(ignored, place, reader, accepted)).toBeUndefined();
});

it('counts brackets outside of strings only', () => {
  const deepText = { ...example, clientSessionId: '['.repeat(200) };
  const record = parseRecord(message({ value: Buffer.from(JSON.stringify(deepText)) }), place, reader, accepted)!;
  expect(record.poison).toBeUndefined();
});

it('lets no clock run longer because a record was re-driven: it came when it came first', () => {
  const receivedAt = (text: string, redriven = true) =>
    parseRecord(
      message({
        headers: {
          ...headers,
          'tollgate-dead-letter-received-at': text,
          ...(redriven ? { 'tollgate-redrive-of': 'risk/attempts.v1/0/7' } : {}),
        },
      }),
      place,
      reader,
      accepted,
    )!.event!.brokerTimestamp.toISOString();
  const now = new Date(NOW_MS).toISOString();
  expect(receivedAt('2026-01-05T09:00:00.000Z')).toBe('2026-01-05T09:00:00.000Z');
  expect(receivedAt('2026-01-05T11:00:00.000Z')).toBe(now);
  expect(receivedAt('yesterday')).toBe(now);
  expect(receivedAt('2026-01-05T09:00:00.000Z', false)).toBe(now);
});

it('has a time for a record whose producer has set one beyond all calendars', () => {
  const record = parseRecord(message({ timestamp: '9000000000000000000' }), place, reader, accepted)!;
  expect(record.raw.origin.brokerTimestamp).toEqual(new Date(accepted.oldestMs));
});
