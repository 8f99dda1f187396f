import { isDeepStrictEqual } from 'node:util';

import { expect, it } from '@jest/globals';
import { topicName } from '@tollgate/contracts';
import {
  eventually,
  integrityRun,
  readGroupLag,
  reportFault,
  sampleClocks,
  startStack,
  testRecords,
} from '@tollgate/testing';
import type { Random, Violation } from '@tollgate/testing';

import { makeLives } from './payment-lives.ts';
import type { Life, LifeEvent } from './payment-lives.ts';

const run = integrityRun();
/** Lives of each kind, each delivered in an order of its own. */
const ORDERS = run.choose({ short: 8, quick: 40, full: 100 });
const REPEATED_SHARE = 0.3;
const SENT_TOGETHER_MAX = 20;

// Only those who keep state about what they are told: they call nobody, so nothing but the events can set it right.
const stack = await startStack(import.meta.url, { running: ['intake', 'ledger'] });
const kafka = await testRecords(stack.topics);

/** The end of the life of each kind that was delivered in order. */
const expected = new Map<string, Record<string, unknown>>();
let shuffled: Life[] = [];

it('every order and repetition of the same events ends in the same attempts, payments and balances', async () => {
  const startedAt = performance.now();
  const random = run.random('orders');
  const beginning = new Date();
  const frame = { merchantId: stack.credentials.merchantId, clocks: sampleClocks(beginning), beginning };
  const straight = makeLives(frame);
  for (const event of straight.flatMap(({ events }) => events)) await send([event]);
  shuffled = Array.from({ length: ORDERS }, () => makeLives(frame)).flat();
  const events = shuffled.flatMap((life) => life.events);
  const repeated = events.filter(() => random.chance(REPEATED_SHARE));
  for (const together of inHandfuls(random, random.shuffle([...events, ...repeated]))) await send(together);
  await everythingIsHandled();

  for (const life of straight) expected.set(life.kind, await endOf(life));
  const others = await findOtherEnds(shuffled);
  reportFault({
    faultClass: 'traffic',
    scenario: 'every order of delivery',
    injected: shuffled.length,
    duplicateExecutions: repeated.length,
    duplicateEffects: 0,
    violations: others.map(toViolation),
    seconds: (performance.now() - startedAt) / 1_000,
  });

  for (const { life, end } of others) expect(end).toEqual(expected.get(life.kind));
  expect([...expected.values()]).toMatchObject([
    { attempt: { status: 'APPROVED' }, payment: { status: 'SETTLED', captured: '4200' } },
    { attempt: { status: 'APPROVED' }, payment: { status: 'CANCELLED', captured: '0' } },
    { attempt: { status: 'ABORTED' }, changes: [] },
    { attempt: { status: 'APPROVED' }, payment: { status: 'SETTLED', captured: '4200', refunded: '1500' } },
    { attempt: { status: 'APPROVED' }, payment: { status: 'DECLINED' } },
  ]);
}, 300_000);

it('an end that depends on the order is found', async () => {
  const startedAt = performance.now();
  const [life] = shuffled.filter(({ paymentId }) => paymentId !== undefined);
  await stack.query(`UPDATE {ledger}.payments SET flags = ARRAY['ONLY_IN_THIS_ORDER'] WHERE payment_id = $1`, [
    life?.paymentId,
  ]);
  const others = await findOtherEnds(shuffled);
  reportFault({
    faultClass: 'checker',
    scenario: 'a result that depends on the order of delivery',
    injected: 1,
    found: others.length,
    violations: others.map(toViolation),
    seconds: (performance.now() - startedAt) / 1_000,
  });

  expect(others.map((other) => other.life)).toEqual([life]);
}, 60_000);

async function findOtherEnds(lives: readonly Life[]): Promise<{ life: Life; end: Record<string, unknown> }[]> {
  const ends = await Promise.all(lives.map(async (life) => ({ life, end: await endOf(life) })));
  return ends.filter(({ life, end }) => !isDeepStrictEqual(end, expected.get(life.kind)));
}

function toViolation({ life }: { life: Life }): Violation {
  return { invariant: 'I2', subject: life.attemptId, problem: `${life.kind}: ended otherwise than in order` };
}

async function send(events: readonly LifeEvent[]): Promise<void> {
  for (const [topic, ofTopic] of Map.groupBy(events, (event) => event.topic)) {
    await kafka.send(topicName(topic, stack.topics.prefix), ...ofTopic.map(({ record }) => record));
  }
}

function* inHandfuls<T>(random: Random, items: readonly T[]): Generator<T[]> {
  let start = 0;
  while (start < items.length) {
    const size = random.integer(1, SENT_TOGETHER_MAX);
    yield items.slice(start, start + size);
    start += size;
  }
}

async function everythingIsHandled(): Promise<void> {
  const ofService = (app: string) => [`${stack.topics.prefix}.${app}`, `${stack.topics.prefix}.${app}.relaxed`];
  const groups = ['intake', 'ledger'].flatMap(ofService);
  await eventually(async () => expect(await readGroupLag(stack.topics.brokers, groups)).toEqual([]), {
    timeoutMs: 60_000,
    intervalMs: 500,
  });
}

/** All that is known of a life in the end, with its ids replaced by what they stand for. */
async function endOf({ attemptId, paymentId, ids }: Life): Promise<Record<string, unknown>> {
  const [attempt] = await stack.query<object>(
    `SELECT status, facts, instrument, order_id, amount_minor::text, currency, received_at, decide_by, expires_at
       FROM {intake}.attempts WHERE attempt_id = $1`,
    [attemptId],
  );
  const timeline = await stack.query<object>(
    `SELECT event, detail FROM {intake}.attempt_timeline WHERE attempt_id = $1 ORDER BY event, detail::text`,
    [attemptId],
  );
  const [payment] = await stack.query<object>(
    `SELECT status, effective_at, order_id, currency, captured_minor::text AS captured, refunded_minor::text AS refunded,
            authorized_minor::text AS authorized, is_final, flags, "position", attempt_id, decided_minor::text
       FROM {ledger}.payments WHERE payment_id = $1`,
    [paymentId],
  );
  const changes = await stack.query<object>(
    `SELECT journal_entries.effective_at, name, layer, sum(amount_minor)::text AS amount
       FROM {ledger}.journal_entries JOIN {ledger}.postings USING (entry_id) JOIN {ledger}.accounts USING (account_id)
      WHERE payment_id = $1 GROUP BY 1, 2, 3 HAVING sum(amount_minor) <> 0 ORDER BY 1, 2, 3`,
    [paymentId],
  );
  let text = JSON.stringify({ attempt, timeline, payment, changes });
  for (const [id, role] of ids) text = text.replaceAll(id, role);
  return JSON.parse(text) as Record<string, unknown>;
}
