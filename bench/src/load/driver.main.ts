import { setTimeout as delay } from 'node:timers/promises';

import { Pool } from 'undici';

import { nowMs } from '../machine/monotonic-clock.ts';
import { answerQuestions } from '../machine/worker-process.ts';
import { makeCheckout } from './checkout.ts';
import type { Load, LoadOrder, LoadResult } from './load.types.ts';

/** More than ever wait for an answer at the same time; a connection is opened when none is free. */
const CONNECTIONS_MAX = 2048;
const ANSWER_WITHIN_MS = 120_000;

answerQuestions<LoadOrder>(runLoad);

async function runLoad({ url, headers, load }: LoadOrder): Promise<LoadResult> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: CONNECTIONS_MAX, headersTimeout: ANSWER_WITHIN_MS, pipelining: 1 });
  const shop = new Shop(pool, pathname, { ...headers, 'content-type': 'application/json' });
  await (load.kind === 'closed' ? runClosed(shop, load) : runOpen(shop, load));
  await pool.close();
  return shop.result();
}

/** Posts checkouts and keeps what became of them. */
class Shop {
  private readonly postedAtMs = new Map<string, number>();
  private readonly answerMs: number[] = [];
  private readonly lateMs: number[] = [];
  private readonly failures: Record<string, number> = {};
  private lastAnswerAtMs = 0;

  constructor(
    private readonly pool: Pool,
    private readonly path: string,
    private readonly headers: Record<string, string>,
  ) {}

  /** @param dueAtMs its moment on the schedule, if there is one */
  async buy(dueAtMs?: number): Promise<void> {
    const { paymentAttemptId, body } = makeCheckout();
    const postedAtMs = nowMs();
    this.postedAtMs.set(paymentAttemptId, postedAtMs);
    if (dueAtMs !== undefined) this.lateMs.push(postedAtMs - dueAtMs);
    const status = await this.post(body);
    this.lastAnswerAtMs = nowMs();
    if (status === '200') this.answerMs.push(this.lastAnswerAtMs - postedAtMs);
    else this.failures[status] = (this.failures[status] ?? 0) + 1;
  }

  result(): LoadResult {
    const { postedAtMs, answerMs, lateMs, failures, lastAnswerAtMs } = this;
    const [firstPostAtMs = 0] = postedAtMs.values();
    return { firstPostAtMs, lastAnswerAtMs, postedAtMs, answerMs, lateMs, failures };
  }

  private async post(body: string): Promise<string> {
    try {
      const answer = await this.pool.request({ path: this.path, method: 'POST', headers: this.headers, body });
      await answer.body.dump();
      return String(answer.statusCode);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

async function runClosed(shop: Shop, { count, inFlight }: Load & { kind: 'closed' }): Promise<void> {
  let left = count;
  const buyOneByOne = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await shop.buy();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, buyOneByOne));
}

/** Evenly spaced; whatever became due while this process slept is posted at once. */
async function runOpen(shop: Shop, { ratePerSecond, seconds }: Load & { kind: 'open' }): Promise<void> {
  const pauseMs = 1000 / ratePerSecond;
  const count = Math.round(ratePerSecond * seconds);
  const startedAtMs = nowMs();
  const underWay: Promise<void>[] = [];
  while (underWay.length < count) {
    const dueAtMs = startedAtMs + underWay.length * pauseMs;
    const waitMs = dueAtMs - nowMs();
    if (waitMs > 0) await delay(waitMs);
    else underWay.push(shop.buy(dueAtMs));
  }
  await Promise.all(underWay);
}
