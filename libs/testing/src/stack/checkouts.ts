import { eventually } from '../eventually.ts';
import type { Random } from '../integrity/random.ts';
import { TEST_CARDS } from './shop.ts';
import type { Checkout, Purchase } from './shop.ts';
import type { Stack } from './stack.ts';

/** An attempt that intake answered 2xx for, and what it told the shop. */
export interface Accepted {
  attemptId: string;
  toldOutcome?: string;
}

const CONCURRENCY = 16;
/** A shop's patience with one post, retries included. */
const POST_TIMEOUT_MS = 60_000;
const WAIT_SECONDS = 5;
/** Of the posts, those that a reloaded page sends again; of the webhooks, those that Primer sends again. */
const REPEATED_SHARE = 0.3;

/**
 * Sends `count` checkouts of mixed kinds, several at once, each posted until it is answered 2xx, as a shop would.
 * @param atHalf runs once, when half of them have been answered; the others go on meanwhile
 */
export async function runCheckouts(
  stack: Stack,
  { count, atHalf }: { count: number; atHalf?: () => Promise<void> },
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
    if (answered >= count / 2) disturbance ??= atHalf?.();
    return result;
  });
  await disturbance;
  return accepted;
}

/** Checkouts that go on until somebody says stop. */
export interface Traffic {
  /** Answered 2xx so far. */
  readonly accepted: readonly Accepted[];
  /** Begins no further checkout, and resolves when those under way are answered. */
  stop(): Promise<readonly Accepted[]>;
}

/**
 * Sends checkouts of mixed kinds without pause, through whatever is done to the services meanwhile: a checkout that
 * cannot begin because the emulator is away is begun again, a post is repeated until it is answered 2xx.
 * @param random chooses the kinds, and which posts and webhooks are sent twice
 * @param concurrency checkouts under way at once
 * @param patienceMs how long a shop keeps posting the same checkout, retries included
 */
export function startTraffic(
  stack: Stack,
  {
    random,
    concurrency = CONCURRENCY,
    patienceMs = POST_TIMEOUT_MS,
  }: { random: Random; concurrency?: number; patienceMs?: number },
): Traffic {
  const accepted: Accepted[] = [];
  const stop = new AbortController();
  const lane = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const purchase = { ...purchaseOf(random.integer(0, 9)), ...webhookOf(random) };
      const reloaded = random.chance(REPEATED_SHARE);
      const checkout = await eventually(() => stack.shop.beginCheckout(purchase), {
        timeoutMs: patienceMs,
        intervalMs: 100,
      });
      accepted.push(await postUntilAnswered(stack, checkout, patienceMs));
      if (reloaded) await postUntilAnswered(stack, checkout, patienceMs);
    }
  };
  const lanes = Promise.all(Array.from({ length: concurrency }, lane));
  // Whoever never asks for the end shall not bring the process down; stop() still rejects.
  lanes.catch(() => undefined);
  return {
    accepted,
    async stop() {
      stop.abort();
      await lanes;
      return accepted;
    },
  };
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

function webhookOf(random: Random): Pick<Purchase, 'webhook'> {
  return random.chance(REPEATED_SHARE) ? { webhook: { duplicates: random.integer(1, 3) } } : {};
}

async function postUntilAnswered(
  stack: Stack,
  checkout: Checkout,
  timeoutMs: number = POST_TIMEOUT_MS,
): Promise<Accepted> {
  return eventually(
    async () => {
      const { status, body } = await stack.shop.post(checkout, { waitSeconds: WAIT_SECONDS });
      if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
      const { paymentAttemptId: attemptId } = checkout;
      return status === 200 ? { attemptId, toldOutcome: body.status } : { attemptId };
    },
    { timeoutMs, intervalMs: 100 },
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
