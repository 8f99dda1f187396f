import { expect, it } from '@jest/globals';
import { checkInvariants, eventually, startStack } from '@tollgate/testing';

/** Clocks short enough to watch and long enough for a busy machine; milliseconds. */
const clocks = { DECIDE_BY_MS: '3000', APPROVE_BY_MS: '4000', CALL_END_BY_MS: '6000' };

const stack = await startStack(import.meta.url, { environment: clocks });
const { shop } = stack;
const told: { attemptId: string; toldOutcome: string | undefined }[] = [];

it('an attempt that nobody decides in time is aborted by the deadline keeper', async () => {
  await stack.services.risk.stop();
  const checkout = await shop.beginCheckout();
  const answer = await shop.post(checkout, { waitSeconds: 30 });
  told.push({ attemptId: checkout.paymentAttemptId, toldOutcome: answer.body.status });

  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ status: 'ABORTED', charged: 'no', shopperCode: 'TIMED_OUT' });
  expect((await shop.find(checkout.paymentAttemptId)).body.timeline).toContainEqual(
    expect.objectContaining({ event: 'DECIDED', source: 'deadline' }),
  );
});

it('a decision that comes after the deadline changes nothing', async () => {
  const [late] = told;
  stack.services.risk.start();
  await stack.services.risk.ready();

  await eventually(async () => {
    const { status } = await stack.ask('risk', `/v1/decisions/${late?.attemptId}`);
    expect(status).toBe(200);
  });
  const { body } = await stack.ask<{ calls: object }>('sandbox', `/_sandbox/attempts/${late?.attemptId}`);
  expect(body.calls).toEqual({ approve: 0, abort: 1 });
});

it('no approve starts after approveBy: an APPROVE that reaches the gateway late becomes an abort', async () => {
  await stack.services.gateway.stop();
  const checkout = await shop.beginCheckout();
  const { body } = await shop.post(checkout);
  await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(body.approveBy ?? '')), { timeoutMs: 10_000 });
  stack.services.gateway.start();
  await stack.services.gateway.ready();

  const { outcome } = await eventually(
    async () => {
      const found = await shop.find(checkout.paymentAttemptId);
      expect(found.body.outcome).toBeDefined();
      return found.body;
    },
    { timeoutMs: 30_000 },
  );
  told.push({ attemptId: checkout.paymentAttemptId, toldOutcome: outcome?.status });

  expect(outcome).toMatchObject({ status: 'ABORTED', charged: 'no' });
  const { body: atProvider } = await stack.ask('sandbox', `/_sandbox/attempts/${checkout.paymentAttemptId}`);
  expect(atProvider).toMatchObject({ approvalStatus: 'ABORTED', calls: { approve: 0 } });
});

it('a checkout in time is approved, with clocks this short', async () => {
  const outcome = await shop.buy();
  told.push({ attemptId: outcome.paymentAttemptId, toldOutcome: outcome.status });

  expect(outcome).toMatchObject({ status: 'APPROVED' });
});

it('every invariant holds', async () => {
  expect(await checkInvariants(stack, { accepted: told })).toEqual([]);
}, 90_000);
