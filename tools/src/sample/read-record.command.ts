import { setTimeout as delay } from 'node:timers/promises';

import type { PaymentAnswer } from '@tollgate/contracts';

import type { CheckoutRecord, SentCheckout } from './checkout-record.ts';
import type { InstallationClient, ProviderPayment, ProviderWebhook } from './installation-client.ts';

/** A lost webhook is repaired by the provider's next try after 10 s, else by reading back after a minute. */
const BOOKED_WITHIN_MS = 100_000;
const POLL_MS = 300;

/**
 * Reads all there is about a checkout, once its webhooks are delivered and the books know every payment as the
 * provider does; after a time as it then is, for the invariants to judge.
 */
export async function readRecord(client: InstallationClient, sent: SentCheckout): Promise<CheckoutRecord> {
  const payments = await client.providerPayments(sent.planned.orderId);
  const giveUpAt = performance.now() + BOOKED_WITHIN_MS;
  while (performance.now() < giveUpAt && !(await isSettled(client, sent, payments))) await delay(POLL_MS);

  const { attemptId } = sent;
  const [attempt, action, providerAttempt, journal, webhooks] = await Promise.all([
    client.attempt(attemptId),
    client.action(attemptId),
    client.providerAttempt(attemptId),
    client.providerJournal(attemptId),
    client.providerWebhooks(attemptId),
  ]);
  return {
    ...sent,
    attempt,
    action,
    provider: { attempt: providerAttempt, payments, journal, webhooks },
    books: (await Promise.all(payments.map(({ id }) => readBooks(client, id)))).flat(),
  };
}

async function isSettled(
  client: InstallationClient,
  sent: SentCheckout,
  payments: readonly ProviderPayment[],
): Promise<boolean> {
  const webhooks = await client.providerWebhooks(sent.attemptId);
  if (webhooks.some(isUnderWay)) return false;
  const booked = await Promise.all(payments.map(({ id }) => client.payment(id)));
  return payments.every((payment, index) => isBooked(payment, booked[index]));
}

/**
 * A refund leaves the status as it is. That a capture was the last one, so that nothing is held any more, the books learn
 * by a read of their own after the webhook.
 */
function isBooked({ status, processor }: ProviderPayment, booked: PaymentAnswer | undefined): boolean {
  const isHeld = booked?.position.some(({ layer }) => layer === 'pending') === true;
  return (
    booked?.status === status &&
    !(status === 'SETTLING' && isHeld) &&
    booked.captured?.amountMinor === String(processor.amountCaptured) &&
    booked.refunded?.amountMinor === String(processor.amountRefunded)
  );
}

function isUnderWay({ state }: ProviderWebhook): boolean {
  return state === 'PENDING' || state === 'SENDING';
}

async function readBooks(client: InstallationClient, paymentId: string): Promise<CheckoutRecord['books']> {
  const payment = await client.payment(paymentId);
  return payment === undefined ? [] : [{ payment, journal: await client.journalOf(paymentId) }];
}
