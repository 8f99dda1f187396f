import { announceReady, readServiceSettings } from '../columns/service-settings.ts';
import { EventPath } from './event-path.ts';
import type { AttemptEvent, OutcomeEvent } from './events.types.ts';
import { GroupCommit } from './group-commit.ts';
import { listen } from './http-server.ts';
import type { Posted } from './http-server.ts';

/** What the shop posts, as far as it is read. */
interface PostedAttempt {
  readonly paymentAttemptId: string;
  readonly clientSessionId: string;
  readonly paymentMethodToken: { readonly analyticsId: string };
  readonly order: { orderId: string; amount: number; currencyCode: string; customerId: string };
}

const settings = readServiceSettings();
const events = await EventPath.open('intake', settings);
const waiting = new Map<string, (outcome: OutcomeEvent) => void>();

const receipts = new GroupCommit<AttemptEvent>(async (attempts) => {
  await events.transaction(async (tx) => {
    const columns = <Key extends keyof AttemptEvent>(key: Key) => attempts.map((attempt) => attempt[key]);
    await tx.run(
      'insert-attempts',
      `INSERT INTO attempts (attempt_id, client_session_id, instrument, order_id, customer_id, amount_minor, currency)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[])`,
      [
        columns('attemptId'),
        columns('clientSessionId'),
        columns('instrument'),
        columns('orderId'),
        columns('customerId'),
        columns('amountMinor'),
        columns('currency'),
      ],
    );
    tx.emit(...attempts.map((data) => ({ topic: 'attempts', key: data.attemptId, data })));
  });
  return attempts.map(() => undefined);
});

await events.consume<OutcomeEvent>(
  'outcomes',
  async (tx, outcomes) => {
    await tx.run(
      'conclude-attempts',
      `UPDATE attempts SET status = concluded.status, payment_id = concluded.payment_id
       FROM unnest($1::uuid[], $2::text[], $3::text[]) AS concluded(attempt_id, status, payment_id)
       WHERE attempts.attempt_id = concluded.attempt_id`,
      [outcomes.map((o) => o.attemptId), outcomes.map((o) => o.outcome), outcomes.map((o) => o.paymentId)],
    );
  },
  (outcomes) => outcomes.forEach((outcome) => waiting.get(outcome.attemptId)?.(outcome)),
);

/** 200 with the outcome, once it is known. */
async function postAttempt({ headers, body }: Posted): Promise<{ status: number; body: object }> {
  if (headers.authorization !== `Bearer ${settings.apiKey}`) return { status: 401, body: {} };
  const posted = JSON.parse(body.toString()) as PostedAttempt;
  const attemptId = posted.paymentAttemptId;
  const concluded = new Promise<OutcomeEvent>((resolve) => {
    waiting.set(attemptId, resolve);
  });
  try {
    await receipts.submit({
      attemptId,
      clientSessionId: posted.clientSessionId,
      instrument: posted.paymentMethodToken.analyticsId,
      orderId: posted.order.orderId,
      customerId: posted.order.customerId,
      amountMinor: posted.order.amount,
      currency: posted.order.currencyCode,
    });
    return { status: 200, body: await concluded };
  } finally {
    waiting.delete(attemptId);
  }
}

const server = await listen(settings.port, postAttempt);
announceReady(async () => {
  server.close();
  await events.close();
});
