import { afterAll, expect, it } from '@jest/globals';
import { eventually, findDifferentDecisions, request, secretsOf, startStack } from '@tollgate/testing';
import type { PostedAttempt } from '@tollgate/testing';

import { startTraceCollector } from './trace-collector.ts';
import type { CollectedSpan } from './trace-collector.ts';

const collector = await startTraceCollector();
const stack = await startStack(import.meta.url, {
  environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100' },
});
afterAll(() => collector.close());

/** The span of the shop's own work, above everything. */
const SHOP = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

/** Exactly one span of that service and name. */
function theSpan(service: string, name: string): CollectedSpan {
  const found = collector.spans.filter((span) => span.service === `tollgate-${service}` && span.name === name);
  expect({ service, name, found: found.length }).toEqual({ service, name, found: 1 });
  return found[0]!;
}

it('one trace leads through one attempt, and the webhook is linked to it by the payment', async () => {
  const checkout = await stack.shop.beginCheckout();
  const answer = await request<PostedAttempt>(`${stack.services.intake.url}/v1/attempts`, {
    token: stack.credentials.intakeApiKey,
    body: checkout.body,
    headers: { prefer: 'wait=30', traceparent: `00-${SHOP.traceId}-${SHOP.spanId}-01` },
  });
  expect(answer).toMatchObject({ status: 200, body: { status: 'APPROVED' } });
  const { paymentAttemptId, paymentId } = answer.body;

  await eventually(
    () => {
      const posted = theSpan('intake', 'POST /v1/attempts');
      const evaluated = theSpan('risk', 'handle tollgate.attempt.tokenised.v1');
      const settled = theSpan('gateway', 'handle tollgate.attempt.decided.v1');
      const called = theSpan('gateway', 'Primer approve');
      const concluded = theSpan('intake', 'handle tollgate.attempt.concluded.v1');
      const chain = [posted, evaluated, settled, called, concluded];
      expect(chain.map(({ traceId, parentSpanId }) => ({ traceId, parentSpanId }))).toEqual(
        [SHOP, posted, evaluated, settled, settled].map(({ spanId }) => ({
          traceId: SHOP.traceId,
          parentSpanId: spanId,
        })),
      );
      expect(posted.attributes).toMatchObject({ 'tollgate.attempt_id': paymentAttemptId });
      expect(called.attributes).toMatchObject({ 'tollgate.payment_id': paymentId, 'tollgate.result': '200' });
      const batches = collector.spans.filter(({ name }) => name.startsWith('handle batch of'));
      expect(batches.flatMap(({ links }) => links)).toContainEqual(expect.objectContaining(spanOf(posted)));

      const webhook = theSpan('ledger', 'POST /webhooks/primer/:merchantId');
      const link = theSpan('ledger', 'link payment to its attempt');
      expect(webhook.attributes).toMatchObject({ 'tollgate.payment_id': paymentId });
      expect(webhook.traceId).not.toBe(SHOP.traceId);
      expect(link).toMatchObject({ traceId: webhook.traceId, attributes: { 'tollgate.payment_id': paymentId } });
      expect(link.links).toMatchObject([{ traceId: SHOP.traceId }]);
      const back = theSpan('ledger', 'link attempt to its payment');
      expect(back).toMatchObject({ traceId: SHOP.traceId, links: [{ traceId: webhook.traceId }] });
    },
    { timeoutMs: 30_000 },
  );
});

it('every span hangs on another of its trace, or begins one', () => {
  const known = new Set([SHOP.spanId, ...collector.spans.map(({ spanId }) => spanId)]);
  const orphans = collector.spans.filter(
    ({ parentSpanId }) => parentSpanId !== undefined && parentSpanId !== '' && !known.has(parentSpanId),
  );
  expect(orphans).toEqual([]);
});

it('says nothing that is secret, and nothing about who asks how the services are', () => {
  for (const secret of [...secretsOf(stack.credentials), '4111111111111111']) {
    expect(collector.text()).not.toContain(secret);
  }
  expect(collector.text()).not.toMatch(/health|single_use|SINGLE_USE/);
});

it('every decision of the rules comes out the same again', async () => {
  expect(await findDifferentDecisions(stack)).toEqual([]);
});

function spanOf({ traceId, spanId }: CollectedSpan): { traceId: string; spanId: string } {
  return { traceId, spanId };
}
