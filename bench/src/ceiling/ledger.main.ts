import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

import { announceReady, readServiceSettings } from '../columns/service-settings.ts';
import { EventPath } from './event-path.ts';
import type { Transaction } from './event-path.ts';
import type { PaymentStatusEvent } from './events.types.ts';
import { GroupCommit } from './group-commit.ts';
import { listen } from './http-server.ts';
import type { Posted } from './http-server.ts';

/** The provider's webhook, as far as it is read. */
interface Webhook {
  readonly payment: {
    readonly id: string;
    readonly orderId: string;
    readonly status: string;
    readonly amount: number;
    readonly currencyCode: string;
    /** UTC without a zone. */
    readonly dateUpdated: string;
  };
}

interface Delivery {
  readonly deliveryId: string;
  readonly body: string;
  readonly report: PaymentStatusEvent;
}

const settings = readServiceSettings();
const events = await EventPath.open('ledger', settings);

const deliveries = new GroupCommit<Delivery>(async (batch) => {
  await events.transaction(async (tx) => {
    await tx.run(
      'insert-deliveries',
      `INSERT INTO deliveries (delivery_id, payment_id, body) SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])`,
      [batch.map((d) => d.deliveryId), batch.map((d) => d.report.paymentId), batch.map((d) => d.body)],
    );
    tx.emit(...batch.map(({ report }) => ({ topic: 'payment-statuses', key: report.paymentId, data: report })));
  });
  return batch.map(() => undefined);
});

/** Checks the signature over the exact bytes; 200 after the commit. */
async function receiveWebhook({ headers, body }: Posted): Promise<{ status: number; body: object }> {
  const expected = createHmac('sha256', settings.webhookSecret).update(body).digest();
  const given = Buffer.from(String(headers['x-signature-primary']), 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { status: 401, body: {} };
  const text = body.toString();
  const { payment } = JSON.parse(text) as Webhook;
  const report = {
    paymentId: payment.id,
    orderId: payment.orderId,
    status: payment.status,
    amountMinor: payment.amount,
    currency: payment.currencyCode,
    updatedAt: `${payment.dateUpdated}Z`,
  };
  await deliveries.submit({ deliveryId: randomUUID(), body: text, report });
  return { status: 200, body: {} };
}

await events.consume<PaymentStatusEvent>('payment-statuses', async (tx, reports) => {
  const changed = await keepPayments(tx, reports);
  const authorised = changed.filter(({ status }) => status === 'AUTHORIZED');
  if (authorised.length > 0) await writeEntries(tx, authorised);
});

/** @returns the payments that are new or whose status changed, each once */
async function keepPayments(tx: Transaction, reports: readonly PaymentStatusEvent[]): Promise<PaymentStatusEvent[]> {
  // The newest of each payment, in one order for everybody: rows are locked.
  const newest = new Map(reports.toSorted((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1)).map((r) => [r.paymentId, r]));
  const wanted = [...newest.values()].toSorted((a, b) => (a.paymentId < b.paymentId ? -1 : 1));
  const rows = await tx.run<{ payment_id: string }>(
    'keep-payments',
    `INSERT INTO payments (payment_id, order_id, status, amount_minor, currency, updated_at)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[])
     ON CONFLICT (payment_id) DO UPDATE SET status = EXCLUDED.status, updated_at = EXCLUDED.updated_at
       WHERE payments.updated_at < EXCLUDED.updated_at AND payments.status <> EXCLUDED.status
     RETURNING payment_id`,
    [
      wanted.map((r) => r.paymentId),
      wanted.map((r) => r.orderId),
      wanted.map((r) => r.status),
      wanted.map((r) => r.amountMinor),
      wanted.map((r) => r.currency),
      wanted.map((r) => r.updatedAt),
    ],
  );
  return rows.map((row) => newest.get(row.payment_id)).filter((report) => report !== undefined);
}

/** An entry with two postings for each hold, and the balances of both accounts. */
async function writeEntries(tx: Transaction, holds: readonly PaymentStatusEvent[]): Promise<void> {
  await tx.run(
    'write-entries',
    `WITH hold AS (
       SELECT * FROM unnest($1::text[], $2::bigint[]) AS hold(payment_id, amount_minor)
     ), entry AS (
       INSERT INTO journal_entries (payment_id) SELECT payment_id FROM hold RETURNING entry_id, payment_id
     )
     INSERT INTO postings (entry_id, account, amount_minor)
     SELECT entry_id, account, sign * amount_minor
     FROM entry JOIN hold USING (payment_id), (VALUES ('captured', 1), ('sales-clearing', -1)) AS side(account, sign)`,
    [holds.map((hold) => hold.paymentId), holds.map((hold) => hold.amountMinor)],
  );
  const sum = holds.reduce((total, hold) => total + hold.amountMinor, 0);
  await tx.run(
    'move-balances',
    `INSERT INTO balances (account, balance_minor) SELECT * FROM unnest($1::text[], $2::bigint[])
     ON CONFLICT (account) DO UPDATE SET balance_minor = balances.balance_minor + EXCLUDED.balance_minor`,
    [
      ['captured', 'sales-clearing'],
      [sum, -sum],
    ],
  );
}

const server = await listen(settings.port, receiveWebhook);
announceReady(async () => {
  server.close();
  await events.close();
});
