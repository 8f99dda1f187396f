import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { type Answer, Emulator, type PrimerErrorBody, SECOND_API_KEY, temporaryFolder } from './emulator.ts';

interface ListAnswer {
  readonly data: readonly { readonly id: string; readonly date: string; readonly orderId: string }[];
  readonly nextCursor?: string;
  readonly prevCursor?: string;
}

const folder = temporaryFolder();
let emulator: Emulator;
const paymentIds: string[] = [];

/** Seven payments, oldest first; payment n is of order n % 2, customer n % 3 and costs (n + 1) × 100. */
beforeAll(async () => {
  emulator = await Emulator.start(join(folder.path, 'payments.db'));
  for (let n = 0; n < 7; n += 1) {
    const { paymentAttemptId } = await emulator.startAttempt({
      orderId: `order-${n % 2}`,
      customerId: `customer-${n % 3}`,
      amount: (n + 1) * 100,
      currencyCode: n < 5 ? 'EUR' : 'JPY',
      cardNumber: n === 3 ? '4000000000000002' : '4111111111111111',
    });
    paymentIds.push((await emulator.approve(paymentAttemptId)).body.merchantPaymentId);
    emulator.clock.advance(60_000);
  }
});

afterAll(async () => {
  await emulator.stop();
  folder.remove();
});

async function list(query: string): Promise<Answer<ListAnswer>> {
  return emulator.primer<ListAnswer>('GET', `/payments${query}`);
}

/** Which of the seven a list holds, in its order. */
async function listed(query: string): Promise<number[]> {
  return (await list(query)).body.data.map(({ id }) => paymentIds.indexOf(id));
}

describe('GET /payments', () => {
  it.each([
    ['', [6, 5, 4, 3, 2, 1, 0]],
    ['?order_id=order-1', [5, 3, 1]],
    ['?order_id=none', []],
    ['?status=DECLINED', [3]],
    ['?status=DECLINED,FAILED', [3]],
    ['?status=DECLINED&status=AUTHORIZED&limit=2', [6, 5]],
    ['?currency_code=JPY', [6, 5]],
    ['?customer_id=customer-0,customer-2', [6, 5, 3, 2, 0]],
    ['?min_amount=300&max_amount=500', [4, 3, 2]],
    ['?last_4_digits=0002', [3]],
    ['?payment_method_type=PAYMENT_CARD&order_id=order-0', [6, 4, 2, 0]],
    ['?payment_method_type=PAYPAL', []],
    ['?processor=PRIMER_SANDBOX_PROCESSOR&limit=1', [6]],
    ['?paypal_email=a%40b.c', []],
    ['?order_id=order-0&currency_code=JPY&unknown_filter=1', [6]],
  ])('%s finds payments %j', async (query, expected) => {
    expect(await listed(query)).toEqual(expected);
  });

  it('takes both ends of a range of dates as part of it', async () => {
    const dates = (await list('')).body.data.map(({ date }) => date).toReversed();
    expect(await listed(`?from_date=${dates[2]}&to_date=${dates[4]}`)).toEqual([4, 3, 2]);
    expect(await listed(`?from_date=${dates[6]}Z`)).toEqual([6]);
  });

  it('goes through all pages forwards and back', async () => {
    const first = await list('?limit=3');
    const second = await list(`?limit=3&cursor=${first.body.nextCursor}`);
    const third = await list(`?limit=3&cursor=${second.body.nextCursor}`);
    expect([first, second, third].map(({ body }) => body.data.map(({ id }) => paymentIds.indexOf(id)))).toEqual([
      [6, 5, 4],
      [3, 2, 1],
      [0],
    ]);
    expect(first.body.prevCursor).toBeUndefined();
    expect(third.body.nextCursor).toBeUndefined();
    expect(await listed(`?limit=3&cursor=${third.body.prevCursor}`)).toEqual([3, 2, 1]);
    expect((await list(`?limit=3&cursor=${second.body.prevCursor}`)).body).toMatchObject({ data: first.body.data });
  });

  it.each([
    ['limit=0', '$.limit'],
    ['limit=101', '$.limit'],
    ['limit=ten', '$.limit'],
    ['status=PAID', '$.status.0'],
    ['from_date=yesterday', '$.from_date'],
    ['min_amount=-1', '$.min_amount'],
    ['min_amount=1.5', '$.min_amount'],
    ['currency_code=EURO', '$.currency_code.0'],
    ['cursor=nonsense', '$.cursor'],
  ])('refuses ?%s with 422', async (query, path) => {
    const answer = await emulator.primer<PrimerErrorBody>('GET', `/payments?${query}`);
    expect(answer).toMatchObject({ status: 422, body: { error: { errorId: 'RequestValidationError' } } });
    expect(answer.body.error.validationErrors).toMatchObject([{ errors: [{ path }] }]);
  });

  it("shows nothing of another tenant's", async () => {
    const answer = await emulator.primer<ListAnswer>('GET', '/payments', { headers: { 'x-api-key': SECOND_API_KEY } });
    expect(answer.body.data).toEqual([]);
  });
});

describe('GET /payments/{id}', () => {
  it('answers the payment, with its events when they are asked for', async () => {
    const plain = await emulator.primer('GET', `/payments/${paymentIds[0]}`);
    expect(plain).toMatchObject({ status: 200, body: { id: paymentIds[0], status: 'AUTHORIZED', amount: 100 } });
    expect(plain.text).not.toContain('"events"');
    const expanded = await emulator.primer('GET', `/payments/${paymentIds[0]}?expand=transactions.events`);
    expect(expanded.body).toMatchObject({
      transactions: [{ events: [{ type: 'AUTHORIZATION_SUCCEEDED', amount: 100 }] }],
    });
  });

  it.each([
    ['a payment nobody knows', 'AAAAAAAA', {}],
    ["another tenant's payment", '', { 'x-api-key': SECOND_API_KEY }],
  ])('answers %s with 400 PaymentError, as documented', async (_name, id, headers) => {
    const answer = await emulator.primer('GET', `/payments/${id || paymentIds[0]}`, { headers });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { errorId: 'PaymentError', description: 'The payment could not be found' } },
    });
  });

  it('refuses to expand what is not documented', async () => {
    expect((await emulator.primer('GET', `/payments/${paymentIds[0]}?expand=customer`)).status).toBe(422);
  });
});
