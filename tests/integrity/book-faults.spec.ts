import { describe, expect, it } from '@jest/globals';
import {
  checkBooks,
  findBookViolationsNow,
  integrityRun,
  reportFault,
  startStack,
  TEST_CARDS,
} from '@tollgate/testing';

import { liveByChance, PaymentTerminal } from './payment-terminal.ts';

const run = integrityRun();
const LIVES = run.choose({ short: 60, quick: 300, full: 1_500 });
const CONCURRENCY = 8;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Time for all to be read back that webhooks did not tell. */
const AGREED_WITHIN_MS = run.choose({ short: 60_000, quick: 60_000, full: 180_000 });

/**
 * The ledger beside the real emulator, without the services between: payments live their lives at the provider, its
 * webhooks and reads are all that the books learn of them.
 */
const stack = await startStack(import.meta.url, {
  running: ['ledger', 'sandbox'],
  environmentOf: {
    ledger: {
      SWEEP_EARLY_READS_MS: '1500,4000',
      SWEEP_OPEN_EVERY_MS: '5000',
      SWEEP_REFUNDABLE_EVERY_MS: '5000',
      SWEEP_LIST_EVERY_MS: '2000',
    },
  },
});
const terminal = new PaymentTerminal(stack);

describe('the books', () => {
  it("hold what the emulator's own record says, through every kind of life a payment can have", async () => {
    await Promise.all(everyKindOfLife().map((live) => live()));
    await terminal.moveClock(2);
    const settled = await Promise.all(Array.from({ length: 6 }, () => payAndCapture()));
    await terminal.moveClock(2);
    const [returned, lost, won, accepted, asked, open] = settled as [string, string, string, string, string, string];
    await Promise.all([
      terminal.work(returned, 'refund'),
      terminal.dispute(lost, ['CHALLENGED', 'LOST']),
      terminal.dispute(won, ['CHALLENGED', 'WON'], { amount: 2_000 }),
      terminal.dispute(accepted, ['ACCEPTED'], { amount: 100 }),
      terminal.dispute(asked, [], { type: 'RETRIEVAL' }),
      terminal.dispute(open, [], { amount: 4_200 }),
    ]);

    expect(await checkBooks(stack)).toEqual([]);
    const { body } = await stack.ask<{ data: { paymentId: string; challengeRequiredBy: string | null }[] }>(
      'ledger',
      '/v1/disputes?open=true',
    );
    expect(new Set(body.data.map(({ paymentId }) => paymentId))).toEqual(new Set([asked, open]));
    for (const each of body.data) expect(each.challengeRequiredBy).not.toBeNull();
  }, 180_000);

  it(`hold the same after ${LIVES} lives by chance whose webhooks were doubled, held back, dropped, badly signed and old`, async () => {
    const startedAt = performance.now();
    const random = run.random('lives by chance');
    const seed = run.seed % 2 ** 31;
    await terminal.control('faults', [
      { kind: 'WEBHOOK_DUPLICATE', rate: 0.3, seed, copies: 2 },
      { kind: 'WEBHOOK_REORDER', rate: 0.3, seed, holdMs: 1_000 },
      { kind: 'WEBHOOK_DROP', rate: 0.25, seed },
      { kind: 'WEBHOOK_STALE_SIGNED_AT', rate: 0.15, seed, ageSeconds: 20 * 24 * 60 * 60 },
      { kind: 'WEBHOOK_BAD_SIGNATURE', rate: 0.15, seed },
      { kind: 'REFUND_UNDER_WAY', rate: 0.3, seed, ends: 'FAILED', endsAfterMs: 700 },
      { kind: 'REFUND_UNDER_WAY', rate: 0.4, seed, ends: 'SETTLED', endsAfterMs: 700 },
    ]);
    for (let lived = 0; lived < LIVES; lived += CONCURRENCY) {
      const together = Math.min(CONCURRENCY, LIVES - lived);
      await Promise.all(Array.from({ length: together }, () => liveByChance(terminal, random)));
    }
    await stack.ask('sandbox', '/_sandbox/faults', { method: 'DELETE' });

    const violations = await checkBooks(stack, { timeoutMs: AGREED_WITHIN_MS });
    const seconds = (performance.now() - startedAt) / 1_000;
    const scenario = 'books after bad webhooks';
    reportFault({ faultClass: 'provider', scenario, injected: LIVES, violations, seconds });
    expect(violations).toEqual([]);
  }, 600_000);

  it('with a planted refund that the provider has never made are found out', async () => {
    const [posting] = await stack.query<{ id: string }>(
      `SELECT entry_id::text AS id FROM {ledger}.postings JOIN {ledger}.accounts USING (account_id)
        WHERE name = 'sales:refunds' LIMIT 1`,
    );
    const shift = (by: number) =>
      stack.query(
        'UPDATE {ledger}.postings SET amount_minor = amount_minor + sign(amount_minor) * $2 WHERE entry_id = $1::bigint',
        [posting?.id, by],
      );
    await stack.query('ALTER TABLE {ledger}.postings DISABLE TRIGGER USER');
    await shift(7);
    const found = await findBookViolationsNow(stack);
    await shift(-7);
    await stack.query('ALTER TABLE {ledger}.postings ENABLE TRIGGER USER');
    expect(found.map(({ invariant }) => invariant)).toEqual(expect.arrayContaining(['I6', 'I7']));
  });
});

async function payAndCapture(): Promise<string> {
  const id = await terminal.pay();
  await terminal.work(id, 'capture');
  return id;
}

function everyKindOfLife(): Array<() => Promise<unknown>> {
  const paid = (steps: [operation: string, body?: object][], wish = {}) => {
    return async () => {
      const id = await terminal.pay(wish);
      for (const [operation, body] of steps) await terminal.work(id, operation, body);
    };
  };
  return [
    paid([]),
    paid([], { cardNumber: TEST_CARDS.declined }),
    paid([], { cardNumber: TEST_CARDS.failed }),
    paid([], { amount: 0 }),
    paid([['cancel']]),
    paid([['capture']]),
    paid([['capture', { amount: 1_000, final: true }]]),
    paid([['capture', { amount: 1_000, final: false }]]),
    paid([['capture', { amount: 1_000, final: false }], ['capture', { amount: 500, final: false }], ['cancel']]),
    paid(
      [
        ['adjust-authorization', { amount: 5_000 }],
        ['capture', { amount: 4_500, final: true }],
      ],
      { authorizationType: 'ESTIMATED' },
    ),
    paid([['capture'], ['refund', { amount: 1_000, orderId: 'return-1' }], ['refund', { amount: 200 }]]),
    () => refundLater({ ends: 'SETTLED', endsAfterMs: DAY_MS }),
    () => refundLater({ ends: 'FAILED', endsAfterMs: DAY_MS }),
    () => refundLater({ ends: 'SETTLED', endsAfterMs: 7 * DAY_MS }),
  ];
}

/** A refund that is under way for so long; nothing but a read tells of it before it ends. */
async function refundLater(end: { ends: 'SETTLED' | 'FAILED'; endsAfterMs: number }): Promise<void> {
  const paymentId = await payAndCapture();
  await terminal.control('faults', { kind: 'REFUND_UNDER_WAY', paymentId, ...end });
  await terminal.work(paymentId, 'refund', { amount: 700 });
}
