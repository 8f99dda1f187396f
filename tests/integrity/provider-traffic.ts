import { TEST_CARDS, eventually, sampleId } from '@tollgate/testing';
import type { Accepted, Checkout, Purchase, Random, Stack } from '@tollgate/testing';

/** Shops keep posting for so long; the provider's bad day is none of theirs. Milliseconds. */
const POST_TIMEOUT_MS = 60_000;
/** Of the checkouts, those that two tabs pay at once. */
const TWO_TABS_SHARE = 0.05;
/** Of the checkouts, those that the shop aborts while they are decided. */
const SHOP_ABORT_SHARE = 0.05;
/** Of the posts, those that a reloaded page sends again. */
const RELOADED_SHARE = 0.1;

/** So many attempts, and how they are sent. */
export interface ProviderTraffic {
  readonly random: Random;
  readonly attempts: number;
  /** Shoppers at once. */
  readonly concurrency: number;
  /** How long a shopper waits for an outcome; whoever is not told goes on all the same. */
  readonly waitSeconds: number;
}

/**
 * Sends attempts of all kinds: paid, declined, refused by the rules, expired; aborted by the shop while the gate
 * approves; two tabs that pay one order at once; pages that are reloaded.
 * @returns what intake answered 2xx, every attempt once
 */
export async function sendAttempts(stack: Stack, traffic: ProviderTraffic): Promise<Accepted[]> {
  const { random, concurrency, waitSeconds } = traffic;
  const accepted: Accepted[] = [];
  const buy = async (purchase: Purchase): Promise<void> => {
    const reloaded = random.chance(RELOADED_SHARE);
    const aborted = random.chance(SHOP_ABORT_SHARE);
    const checkout = await eventually(() => stack.shop.beginCheckout(purchase), { timeoutMs: POST_TIMEOUT_MS });
    const post = (seconds?: number): Promise<Accepted> => postUntilAnswered(stack, checkout, seconds);
    if (aborted) {
      await post();
      await abortUntilAnswered(stack, checkout);
    }
    if (reloaded) await post();
    accepted.push(await post(waitSeconds));
  };
  const orders = planOrders(traffic).values();
  const shopper = async (): Promise<void> => {
    for (const tabs of orders) await Promise.all(tabs.map(buy));
  };
  await Promise.all(Array.from({ length: concurrency }, shopper));
  return accepted;
}

/** What each order is paid with: one purchase, or two at once. */
function planOrders({ random, attempts }: ProviderTraffic): Purchase[][] {
  const orders: Purchase[][] = [];
  for (let planned = 0; planned < attempts; planned += orders.at(-1)?.length ?? 0) {
    const orderId = sampleId('order');
    const tabs = planned + 1 < attempts && random.chance(TWO_TABS_SHARE) ? 2 : 1;
    orders.push(Array.from({ length: tabs }, () => ({ ...purchaseOf(random), orderId })));
  }
  return orders;
}

/** Of twenty, one card is declined, one fails, one order breaks a rule, one attempt expires while it is decided. */
function purchaseOf(random: Random): Purchase {
  switch (random.integer(0, 19)) {
    case 0:
      return { cardNumber: TEST_CARDS.declined };
    case 1:
      return { cardNumber: TEST_CARDS.failed };
    case 2:
      return { amount: 2_000_000 };
    case 3:
      return { ttlSeconds: random.integer(0, 2) };
    default:
      return { amount: random.integer(100, 9_999) };
  }
}

async function postUntilAnswered(stack: Stack, checkout: Checkout, waitSeconds?: number): Promise<Accepted> {
  return eventually(
    async () => {
      const { status, body } = await stack.shop.post(checkout, waitSeconds === undefined ? {} : { waitSeconds });
      if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
      const { paymentAttemptId: attemptId } = checkout;
      return status === 200 ? { attemptId, toldOutcome: body.status } : { attemptId };
    },
    { timeoutMs: POST_TIMEOUT_MS, intervalMs: 100 },
  );
}

/** That it came too late is an answer too. */
async function abortUntilAnswered(stack: Stack, { paymentAttemptId }: Checkout): Promise<void> {
  await eventually(
    async () => {
      const { status, body } = await stack.shop.abort(paymentAttemptId, 'customer-left');
      if (status >= 300 && status !== 409) throw new Error(`${status} ${JSON.stringify(body)}`);
    },
    { timeoutMs: POST_TIMEOUT_MS, intervalMs: 100 },
  );
}
