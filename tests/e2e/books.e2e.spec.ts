import { beforeAll, describe, expect, it } from '@jest/globals';
import { checkBooks, eventually, sampleId, startStack, TEST_CARDS } from '@tollgate/testing';

/**
 * The ledger beside the real emulator, without the services between: payments live their lives at the provider, its
 * webhooks and reads are all that the books learn of them, and in the end both records are the same.
 */
const stack = await startStack(import.meta.url, {
  running: ['ledger', 'sandbox'],
  environmentOf: { ledger: { SWEEP_EARLY_READS_MS: '2000,6000' } },
});
const DAY_MS = 24 * 60 * 60 * 1_000;

interface Payment {
  id: string;
  status: string;
}

const primer = async <Body>(path: string, body: object): Promise<Body> => {
  const headers = { 'x-api-key': stack.credentials.primerApiKey, 'x-api-version': '2.4' };
  const answer = await stack.ask<Body>('sandbox', path, { headers, body });
  expect({ path, body: answer.body, status: answer.status }).toMatchObject({ status: 200 });
  return answer.body;
};
const control = async <Body>(path: string, body: object): Promise<Body> => {
  const answer = await stack.ask<Body>('sandbox', `/_sandbox/${path}`, { body });
  expect(answer.status).toBeLessThan(300);
  return answer.body;
};

/** A payment made at the provider by somebody else than the gate: authorised over 42.00 EUR unless told otherwise. */
async function pay(
  parts: { cardNumber?: string; amount?: number; authorizationType?: 'ESTIMATED' } = {},
): Promise<string> {
  const { cardNumber = TEST_CARDS.authorised, amount = 4_200, authorizationType = 'FINAL' } = parts;
  const { token } = await control<{ token: string }>('tokens', { cardNumber });
  const { id } = await primer<Payment>('/payments', {
    paymentMethodToken: token,
    amount,
    currencyCode: 'EUR',
    orderId: sampleId('order'),
    paymentMethod: { authorizationType },
  });
  return id;
}

const capture = (id: string, body: object = {}) => primer(`/payments/${id}/capture`, body);
const refund = (id: string, body: object = {}) => primer(`/payments/${id}/refund`, body);
const cancel = (id: string) => primer(`/payments/${id}/cancel`, {});
const moveClock = (days: number) => control('clock', { advanceMs: days * DAY_MS });

/** Opens a dispute and leads it through these statuses; `DISPUTE`s unless the first is another type. */
async function dispute(paymentId: string, statuses: readonly string[], parts: object = {}): Promise<void> {
  const { disputeId } = await control<{ disputeId: string }>('disputes', { paymentId, ...parts });
  for (const status of statuses) await control(`disputes/${disputeId}`, { status });
}

beforeAll(async () => {
  const lives: Array<() => Promise<unknown>> = [
    () => pay(),
    () => pay({ cardNumber: TEST_CARDS.declined }),
    () => pay({ cardNumber: TEST_CARDS.failed }),
    () => pay({ amount: 0 }),
    async () => cancel(await pay()),
    async () => capture(await pay()),
    async () => capture(await pay(), { amount: 1_000, final: true }),
    async () => capture(await pay(), { amount: 1_000, final: false }),
    async () => {
      const id = await pay();
      await capture(id, { amount: 1_000, final: false });
      await capture(id, { amount: 500, final: false });
      await cancel(id);
    },
    async () => {
      const id = await pay({ authorizationType: 'ESTIMATED' });
      await primer(`/payments/${id}/adjust-authorization`, { amount: 5_000 });
      await capture(id, { amount: 4_500, final: true });
    },
    async () => {
      const id = await pay();
      await capture(id);
      await refund(id, { amount: 1_000, orderId: sampleId('return') });
      await refund(id, { amount: 200 });
    },
  ];
  await Promise.all(lives.map((live) => live()));
  await moveClock(2);
  const settled = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const id = await pay();
      await capture(id);
      return id;
    }),
  );
  await moveClock(2);
  const [returned, lost, won, accepted, asked, open] = settled;
  await Promise.all([
    refund(returned!),
    dispute(lost!, ['CHALLENGED', 'LOST']),
    dispute(won!, ['CHALLENGED', 'WON'], { amount: 2_000 }),
    dispute(accepted!, ['ACCEPTED'], { amount: 100 }),
    dispute(asked!, [], { type: 'RETRIEVAL' }),
    dispute(open!, [], { amount: 4_200 }),
  ]);
}, 120_000);

describe('the books', () => {
  it("hold what the emulator's own record says, payment by payment and account by account", async () => {
    expect(await checkBooks(stack, { timeoutMs: 90_000 })).toEqual([]);
    const { body } = await stack.ask<{ balanced: boolean }>('ledger', '/v1/trial-balance');
    expect(body.balanced).toBe(true);
  }, 120_000);

  it('list the disputes that can still be challenged, with the day until when', async () => {
    await eventually(async () => {
      const { body } = await stack.ask<{ data: { status: string; challengeRequiredBy: string | null }[] }>(
        'ledger',
        '/v1/disputes?open=true',
      );
      expect(body.data).toHaveLength(2);
      for (const each of body.data) expect(each.challengeRequiredBy).not.toBeNull();
    });
  });

  it('find a planted refund that the provider has never made', async () => {
    const [posting] = await stack.query<{ id: string }>(
      `SELECT entry_id::text AS id FROM {ledger}.postings JOIN {ledger}.accounts USING (account_id)
      WHERE name = 'sales:refunds' LIMIT 1`,
    );
    const shift = (by: number) =>
      stack.query(
        `UPDATE {ledger}.postings SET amount_minor = amount_minor + sign(amount_minor) * $2 WHERE entry_id = $1::bigint`,
        [posting?.id, by],
      );
    await stack.query('ALTER TABLE {ledger}.postings DISABLE TRIGGER USER');
    await shift(7);
    const found = await checkBooks(stack, { timeoutMs: 1_000 });
    await shift(-7);
    await stack.query('ALTER TABLE {ledger}.postings ENABLE TRIGGER USER');
    expect(found.map(({ invariant }) => invariant)).toEqual(expect.arrayContaining(['I6', 'I7']));
  });
});
