import { TEST_CARDS, eventually } from '@tollgate/testing';
import type { Checkout, Purchase, Stack } from '@tollgate/testing';

/** An attempt that intake answered 2xx for, and what it told the shop. */
export interface Accepted {
  attemptId: string;
  toldOutcome?: string;
}

const CONCURRENCY = 16;
/** A shop's patience with one post, retries included. */
const POST_TIMEOUT_MS = 60_000;
const WAIT_SECONDS = 5;

/**
 * Sends `count` checkouts of mixed kinds, several at once, each posted until it is answered 2xx, as a shop would.
 * @param atHalf runs once, when half of them have been answered; the others go on meanwhile
 */
export async function runCheckouts(
  stack: Stack,
  { count, atHalf }: { count: number; atHalf: () => Promise<void> },
): Promise<Accepted[]> {
  // Begun beforehand, since a browser would not get that far without the provider.
  const checkouts = await inLanes(count, (index) => stack.shop.beginCheckout(purchaseOf(index)));
  let answered = 0;
  let disturbance: Promise<void> | undefined;
  const accepted = await inLanes(count, async (index) => {
    const checkout = checkouts[index];
    if (checkout === undefined) throw new Error(`checkout ${index} was not begun`);
    const result = await postUntilAnswered(stack, checkout);
    answered += 1;
    if (answered >= count / 2) disturbance ??= atHalf();
    return result;
  });
  await disturbance;
  return accepted;
}

/** Of ten checkouts, one is declined, one fails, one breaks a rule and one has expired. */
function purchaseOf(index: number): Purchase {
  switch (index % 10) {
    case 1:
      return { cardNumber: TEST_CARDS.declined };
    case 3:
      return { cardNumber: TEST_CARDS.failed };
    case 5:
      return { amount: 2_000_000 };
    case 7:
      return { ttlSeconds: 0 };
    default:
      return { amount: 1_000 + index };
  }
}

async function postUntilAnswered(stack: Stack, checkout: Checkout): Promise<Accepted> {
  return eventually(
    async () => {
      const { status, body } = await stack.shop.post(checkout, { waitSeconds: WAIT_SECONDS });
      if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
      const { paymentAttemptId: attemptId } = checkout;
      return status === 200 ? { attemptId, toldOutcome: body.status } : { attemptId };
    },
    { timeoutMs: POST_TIMEOUT_MS, intervalMs: 100 },
  );
}

/** Does `work` for each index, a few at once; results in order. */
async function inLanes<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results = new Array<T>(count);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) results[index] = await work(index);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  return results;
}
