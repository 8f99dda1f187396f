import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import { Pool } from 'undici';

import { nowMs } from '../machine/monotonic-clock.ts';
import { cpuOf } from '../machine/process-usage.ts';
import { answerQuestions } from '../machine/worker-process.ts';
import type { ApprovalsOrder, ApprovalsResult } from './approvals.types.ts';
import { AMOUNT_MINOR, CURRENCY } from './checkout.ts';

/** The emulator that sends no webhook for so long has lost one. */
const WEBHOOKS_PATIENCE_MS = 30_000;
const COUNT_EVERY_MS = 10;

answerQuestions<ApprovalsOrder>(runApprovals);

/** Starts attempts at the emulator, then approves them, so many at a time; the approvals alone are measured. */
async function runApprovals(order: ApprovalsOrder): Promise<ApprovalsResult> {
  const webhooks = await WebhookCounter.listen(order.webhookPort);
  const provider = new Provider(order);
  try {
    for (const id of await provider.startAttempts(order.warmUp)) await provider.approve(id);
    await webhooks.await(order.warmUp);
    const attemptIds = await provider.startAttempts(order.count);
    const cpuBeforeMs = cpuOf(order.emulatorPid);
    const startedAtMs = nowMs();
    const answers = await inLanes(attemptIds, order.inFlight, (id) => provider.approve(id));
    await webhooks.await(order.warmUp + order.count);
    const elapsedMs = nowMs() - startedAtMs;
    return {
      elapsedMs,
      emulatorCpuMs: cpuOf(order.emulatorPid) - cpuBeforeMs,
      answerMs: answers.map((answer) => answer.tookMs),
      failures: countFailures(answers.map((answer) => answer.status)),
    };
  } finally {
    await provider.close();
    await webhooks.close();
  }
}

/** The emulator, as a browser's stand-in and as a merchant call it. */
class Provider {
  private readonly pool: Pool;

  constructor(private readonly order: ApprovalsOrder) {
    this.pool = new Pool(order.emulatorUrl, { connections: order.inFlight, pipelining: 1 });
  }

  /** @returns the attempts' ids; each has a session, an order and a customer of its own */
  async startAttempts(count: number): Promise<string[]> {
    const headers = { authorization: `Bearer ${this.order.operatorToken}`, 'content-type': 'application/json' };
    return inLanes(Array.from({ length: count }).keys(), this.order.inFlight, async (index) => {
      const body = JSON.stringify({
        amount: AMOUNT_MINOR,
        currencyCode: CURRENCY,
        orderId: `order-${index}`,
        customerId: `customer-${index}`,
      });
      const answer = await this.pool.request({ path: '/_sandbox/attempts', method: 'POST', headers, body });
      return ((await answer.body.json()) as { paymentAttemptId: string }).paymentAttemptId;
    });
  }

  async approve(attemptId: string): Promise<{ status: number; tookMs: number }> {
    const sentAtMs = nowMs();
    const answer = await this.pool.request({
      path: `/payment-attempts/${attemptId}/approve`,
      method: 'POST',
      headers: { 'x-api-key': this.order.apiKey, 'x-api-version': '2.4' },
    });
    await answer.body.dump();
    return { status: answer.statusCode, tookMs: nowMs() - sentAtMs };
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}

/** The merchant's end of the webhooks: answers each at once. */
class WebhookCounter {
  private received = 0;
  private readonly server = createServer((request, response) => {
    this.received += 1;
    request.resume().once('end', () => response.end());
  });

  private constructor(private readonly port: number | undefined) {}

  static async listen(port: number | undefined): Promise<WebhookCounter> {
    const counter = new WebhookCounter(port);
    if (port !== undefined) await once(counter.server.listen(port, '127.0.0.1'), 'listening');
    return counter;
  }

  /** @throws Error when they do not come */
  async await(count: number): Promise<void> {
    if (this.port === undefined) return;
    const giveUpAtMs = nowMs() + WEBHOOKS_PATIENCE_MS;
    while (this.received < count) {
      if (nowMs() > giveUpAtMs) throw new Error(`${count - this.received} of ${count} webhooks did not come`);
      await delay(COUNT_EVERY_MS);
    }
  }

  async close(): Promise<void> {
    if (this.port === undefined) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

/** Results in the order in which they came. */
async function inLanes<Item, Result>(
  items: Iterable<Item>,
  lanes: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) results.push(await work(next.value));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

function countFailures(statuses: readonly number[]): Record<string, number> {
  const failed = statuses.filter((status) => status !== 200);
  return Object.fromEntries([...Map.groupBy(failed, String)].map(([status, all]) => [status, all.length]));
}
