import { setTimeout as delay } from 'node:timers/promises';

import { AttemptTokenised, topicName } from '@tollgate/contracts';
import { eventually, readTopics, sampleId, startTraffic } from '@tollgate/testing';
import type { Accepted, Checkout, Purchase, Random, Stack } from '@tollgate/testing';

/** Ordinary checkouts under way at once; more would only wait for services that are down. */
const CONCURRENCY = 8;
/** Between two attempts of the rarer kinds. Milliseconds. */
const PAUSE_MS = 400;
/** A shop's patience, while intake dies again and again. Milliseconds. */
const PATIENCE_MS = 180_000;
const REFUSED_ORDER = 'refused-order';

/** Checkouts of all kinds, shops that abort, shoppers that pay again on the same session, and poison. */
export interface CrashTraffic {
  /** Ends it, and resolves to what was accepted and what must have become a dead letter. */
  stop(): Promise<{ accepted: Accepted[]; expectedDeadLetters: { code: string; eventId: string }[] }>;
}

/** Starts it, after making one of risk's tables refuse some orders: a record that no handler can take. */
export async function startCrashTraffic(stack: Stack, random: Random): Promise<CrashTraffic> {
  await stack.query(`ALTER TABLE {risk}.decisions ADD CHECK (order_id NOT LIKE '${REFUSED_ORDER}%') NOT VALID`);
  const stopped = new AbortController();
  const accepted: Accepted[] = [];
  const poisonous: string[] = [];
  const ordinary = startTraffic(stack, { random, concurrency: CONCURRENCY, patienceMs: PATIENCE_MS });
  const repeat = async (work: () => Promise<void>): Promise<void> => {
    while (!stopped.signal.aborted) {
      await work();
      await delay(PAUSE_MS);
    }
  };
  const lanes = Promise.all([
    repeat(async () => void (await postNew(stack, accepted, { webhook: { duplicates: 2 } }))),
    repeat(async () => {
      const first = await postNew(stack, accepted);
      if (random.chance(0.3)) await postNew(stack, accepted, payAgain(first));
      else await abort(stack, first);
    }),
    repeat(async () => {
      const { paymentAttemptId } = await postNew(stack, accepted, { orderId: `${REFUSED_ORDER}-${sampleId('order')}` });
      poisonous.push(paymentAttemptId);
    }),
  ]);
  // Whoever never asks for the end shall not bring the process down; stop() still rejects.
  lanes.catch(() => undefined);
  return {
    async stop() {
      stopped.abort();
      accepted.push(...(await ordinary.stop()));
      await lanes;
      return { accepted, expectedDeadLetters: await findAnnouncements(stack, poisonous) };
    },
  };
}

/** Another card for what the session sells. */
function payAgain({ body }: Checkout): Purchase {
  return { clientSessionId: body.clientSessionId, orderId: String(body.order.orderId) };
}

/** Begins a checkout and posts it until it is answered 2xx, without waiting for its outcome. */
async function postNew(stack: Stack, accepted: Accepted[], purchase: Purchase = {}): Promise<Checkout> {
  const checkout = await stack.shop.beginCheckout(purchase);
  await eventually(async () => assertAnswered(await stack.shop.post(checkout)), { timeoutMs: PATIENCE_MS });
  accepted.push({ attemptId: checkout.paymentAttemptId });
  return checkout;
}

/** Aborts until it is answered; that the attempt has another outcome already is an answer too. */
async function abort(stack: Stack, { paymentAttemptId }: Checkout): Promise<void> {
  await eventually(
    async () => {
      const answer = await stack.shop.abort(paymentAttemptId, 'customer-left');
      if (answer.status !== 409) assertAnswered(answer);
    },
    { timeoutMs: PATIENCE_MS },
  );
}

function assertAnswered({ status, body }: { status: number; body: unknown }): void {
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
}

/** The events that announce these attempts: what the dead letters are about. */
async function findAnnouncements(
  stack: Stack,
  attemptIds: readonly string[],
): Promise<{ code: string; eventId: string }[]> {
  const wanted = new Set(attemptIds);
  const records = await readTopics(stack.topics.brokers, topicName('attempts', stack.topics.prefix));
  const eventIds = records
    .filter(({ headers }) => headers.ce_type === AttemptTokenised.type && wanted.has(headers.ce_subject ?? ''))
    .map(({ headers }) => headers.ce_id ?? '');
  return [...new Set(eventIds)].map((eventId) => ({ code: 'HANDLER_FAILED', eventId }));
}
