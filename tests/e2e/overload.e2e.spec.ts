import { expect, it } from '@jest/globals';
import { checkInvariants, startStack } from '@tollgate/testing';
import type { Accepted, Checkout } from '@tollgate/testing';

/** Far fewer places than callers. */
const IN_HAND_MAX = 50;
const WAITERS_MAX = 30;
const CALLERS = 200;
const CHECKOUTS = 400;
/** An impatient shop posts each of them so often, all the same whether the first one was taken. */
const POSTS_EACH = 5;

const stack = await startStack(import.meta.url, {
  environmentOf: {
    intake: { INTAKE_REQUESTS_IN_HAND_MAX: String(IN_HAND_MAX), INTAKE_WAITERS_MAX: String(WAITERS_MAX) },
  },
});
const { shop } = stack;

interface Answered {
  attemptId: string;
  status: number;
  retryAfter: string | null;
  waited: boolean;
  toldOutcome?: string;
}

/** Carries out jobs in so many lanes. */
async function inLanes<T>(jobs: readonly T[], lanes: number, work: (job: T) => Promise<void>): Promise<void> {
  const left = [...jobs];
  const lane = async (): Promise<void> => {
    while (left.length > 0) await work(left.pop() as T);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function post(checkout: Checkout): Promise<Answered> {
  const { status, headers, body } = await shop.post(checkout, { waitSeconds: 2 });
  return {
    attemptId: checkout.paymentAttemptId,
    status,
    retryAfter: headers.get('retry-after'),
    waited: headers.has('preference-applied'),
    ...(status === 200 ? { toldOutcome: body.status } : {}),
  };
}

/** Asks what an operator and a supervisor ask, until the storm is over. @returns what they were told that is not fine */
async function watchDuring(storm: Promise<unknown>): Promise<unknown[]> {
  const over = new AbortController();
  void storm.finally(() => over.abort());
  const complaints: unknown[] = [];
  while (!over.signal.aborted) {
    for (const path of ['/health/live', '/health/ready', '/metrics']) {
      const { status, body } = await stack.ask('intake', path);
      if (status !== 200) complaints.push({ path, status, body });
    }
  }
  await storm;
  return complaints;
}

async function metric(name: string): Promise<number> {
  const { body } = await stack.ask<string>('intake', '/metrics');
  const values = [...body.matchAll(new RegExp(`^${name}(?:{[^}]*})? (.*)$`, 'gm'))].map(([, value]) => Number(value));
  return values.reduce((sum, value) => sum + value, 0);
}

it('beyond its limits intake refuses in good time, and keeps every promise it makes', async () => {
  const checkouts: Checkout[] = [];
  await inLanes(Array.from({ length: CHECKOUTS }), 16, async () => {
    checkouts.push(await shop.beginCheckout());
  });
  const posts = Array.from({ length: POSTS_EACH }, () => checkouts).flat();
  const answers: Answered[] = [];
  const complaints = await watchDuring(
    inLanes(posts, CALLERS, async (checkout) => void answers.push(await post(checkout))),
  );

  expect(complaints).toEqual([]);
  expect(answers).toHaveLength(posts.length);
  const refused = answers.filter(({ status }) => status >= 300);
  expect(new Set(refused.map(({ status, retryAfter }) => `${status} ${retryAfter}`))).toEqual(new Set(['503 1']));
  expect(await metric('http_requests_refused_total')).toBe(refused.length);
  const declined = answers.filter(({ status, waited }) => status < 300 && !waited);
  expect(declined.length).toBeGreaterThan(0);
  expect(await metric('attempt_waits_declined_total')).toBe(declined.length);
  expect(await metric('http_requests_in_hand')).toBe(0);
  expect(await metric('attempt_waiters')).toBe(0);

  const accepted = answers.filter(({ status }) => status < 300) satisfies Accepted[];
  expect(await checkInvariants(stack, { accepted })).toEqual([]);
  const [stored] = await stack.query<{ count: string }>('SELECT count(*) FROM {intake}.attempts');
  expect(Number(stored?.count)).toBe(new Set(accepted.map(({ attemptId }) => attemptId)).size);
}, 240_000);
