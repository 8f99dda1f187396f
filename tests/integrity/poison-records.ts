import { randomUUID } from 'node:crypto';

import { AttemptConcluded, AttemptDecided, AttemptTokenised, PaymentStatusReported } from '@tollgate/contracts';
import type { EventDefinition, Topic } from '@tollgate/contracts';
import {
  concludedAttempt,
  decidedAttempt,
  foreignRecord,
  paymentSnapshotSample,
  reportedPaymentStatus,
  tokenisedAttempt,
} from '@tollgate/testing';
import type { TestRecord } from '@tollgate/testing';

/** A record that nobody can handle, the code its dead letters carry, and who reads its topic. */
export interface PoisonRecord {
  readonly topic: Topic;
  readonly record: TestRecord;
  readonly code: string;
  readonly consumers: readonly string[];
}

const LARGE = JSON.stringify({ padding: 'x'.repeat(1_000_000) });
const DEEP = '['.repeat(10_000) + ']'.repeat(10_000);

/** What spoils a sound record, and the reason under which it has to be found. */
const SPOILINGS: readonly [code: string, spoil: (sound: TestRecord) => TestRecord][] = [
  ['RECORD_NOT_JSON', (sound) => ({ ...sound, value: '{"merchantId":' })],
  ['RECORD_NOT_JSON', (sound) => ({ ...sound, value: null })],
  ['RECORD_SCHEMA_INVALID', (sound) => ({ ...sound, value: '{"merchantId":7}' })],
  ['RECORD_SCHEMA_INVALID', (sound) => ({ ...sound, value: LARGE })],
  ['RECORD_TOO_DEEP', (sound) => ({ ...sound, value: DEEP })],
  ['EVENT_TYPE_UNKNOWN', (sound) => withHeaders(sound, { ce_type: 'tollgate.attempt.unheard-of.v1' })],
  ['EVENT_TYPE_UNKNOWN', (sound) => withHeaders(sound, { ce_type: `${sound.headers.ce_type?.slice(0, -1)}9` })],
  ['RECORD_ENVELOPE_INVALID', (sound) => withHeaders(sound, { ce_specversion: '2.0' })],
  ['RECORD_KEY_INVALID', (sound) => ({ ...sound, key: null })],
  ['RECORD_KEY_INVALID', (sound) => ({ ...sound, key: `${sound.key}-another` })],
];

/** Every topic that travels, with a sound event of its own and the services that handle it. */
const TARGETS: readonly { topic: Topic; consumers: readonly string[]; sound: () => TestRecord }[] = [
  soundTarget(AttemptTokenised, ['intake', 'risk'], tokenisedAttempt),
  soundTarget(AttemptDecided, ['gateway', 'intake'], decidedAttempt),
  soundTarget(AttemptConcluded, ['intake', 'ledger', 'risk'], concludedAttempt),
  soundTarget(PaymentStatusReported, ['ledger', 'gateway', 'risk'], () =>
    reportedPaymentStatus(paymentSnapshotSample()),
  ),
];

/** One record of each kind of poison for each topic, under fresh ids. Poison that has a key of choice gets `key`. */
export function poisonRecords(key: string): PoisonRecord[] {
  return TARGETS.flatMap(({ topic, consumers, sound }) =>
    SPOILINGS.map(([code, spoil]): PoisonRecord => {
      const record = spoil(sound());
      // A wrong key is found after the type and the value, so for all other kinds it is free.
      return { topic, consumers, code, record: code === 'RECORD_KEY_INVALID' ? record : { ...record, key } };
    }),
  );
}

function soundTarget<Data>(definition: EventDefinition<Data>, consumers: readonly string[], make: () => Data) {
  return { topic: definition.topic, consumers, sound: () => foreignRecord(definition, make()) };
}

function withHeaders(sound: TestRecord, headers: Record<string, string>): TestRecord {
  return { ...sound, headers: { ...sound.headers, ...headers, ce_id: randomUUID() } };
}
