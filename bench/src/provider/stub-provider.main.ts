import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { Pool } from 'undici';

import { nowMs } from '../machine/monotonic-clock.ts';
import { answerQuestions } from '../machine/worker-process.ts';
import { PaymentBook } from './payment-book.ts';
import type { StubQuestion, StubSightings } from './stub-provider.types.ts';

interface WebhookTarget {
  readonly pool: Pool;
  readonly path: string;
  readonly secret: string;
}

/** Webhooks under way at once; more wait for a connection. */
const WEBHOOK_CONNECTIONS = 64;
const WEBHOOK_RETRY_PAUSE_MS = 200;
const WEBHOOK_TRIES_MAX = 50;

const book = new PaymentBook();
let target: WebhookTarget | undefined;
let approvedAtMs = new Map<string, number>();
let counts = { repeatedApproves: 0, aborts: 0, webhookRetries: 0, reads: 0 };

/** Primer, as far as a merchant's approvals need it: says yes at once and sends the signed webhook right after. */
const server = createServer((request, response) => {
  request.resume();
  send(response, request.method === 'GET' ? readPayments(request.url ?? '') : callAttempt(request.url ?? ''));
});
server.keepAliveTimeout = 60_000;

answerQuestions<StubQuestion>(async (question) => {
  if (question.kind === 'listen') {
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  if (question.kind === 'aim') {
    await aim(question.webhookUrl, question.webhookSecret);
    book.clear();
  }
  return collect();
});

/** `POST /payment-attempts/{id}/approve | abort`. @returns the answer's JSON */
function callAttempt(url: string): string | undefined {
  const arrivedAtMs = nowMs();
  const [, resource, id, verb] = url.split('/');
  if (resource !== 'payment-attempts' || id === undefined) return undefined;
  if (verb === 'abort') {
    counts.aborts += 1;
    return `{"paymentAttemptId":"${id}"}`;
  }
  const paymentId = book.open(id);
  if (approvedAtMs.has(id)) {
    counts.repeatedApproves += 1;
  } else {
    approvedAtMs.set(id, arrivedAtMs);
    // After the answer, which is written when this returns.
    setImmediate(() => void sendWebhook(paymentId));
  }
  return `{"paymentAttemptId":"${id}","merchantPaymentId":"${paymentId}"}`;
}

/** `GET /payments/{id}` or `GET /payments?…`. @returns the answer's JSON */
function readPayments(url: string): string | undefined {
  counts.reads += 1;
  const [, id] = /^\/payments\/([^?]+)/.exec(url) ?? [];
  return id === undefined ? book.list(url) : book.read(id);
}

async function aim(webhookUrl: string, secret: string): Promise<void> {
  await target?.pool.destroy();
  const { origin, pathname } = new URL(webhookUrl);
  target = { pool: new Pool(origin, { connections: WEBHOOK_CONNECTIONS }), path: pathname, secret };
}

function collect(): StubSightings {
  const sightings = { approvedAtMs, ...counts };
  approvedAtMs = new Map();
  counts = { repeatedApproves: 0, aborts: 0, webhookRetries: 0, reads: 0 };
  return sightings;
}

/** Until it is taken, as Primer would; much sooner again, for nobody measures its patience here. */
async function sendWebhook(paymentId: string): Promise<void> {
  const aimedAt = target;
  for (let tries = 1; tries <= WEBHOOK_TRIES_MAX; tries += 1) {
    if (aimedAt === undefined || (await postWebhook(aimedAt, book.read(paymentId) ?? 'null'))) return;
    await delay(WEBHOOK_RETRY_PAUSE_MS);
    // The round is over, and so is its ledger.
    if (aimedAt !== target) return;
    counts.webhookRetries += 1;
  }
}

/** @returns whether it was taken */
async function postWebhook({ pool, path, secret }: WebhookTarget, payment: string): Promise<boolean> {
  const now = new Date();
  const body =
    `{"eventType":"PAYMENT.STATUS","date":"${now.toISOString().slice(0, -1)}000",` +
    `"notificationConfig":{"id":"stub","description":"Stub webhook"},"version":"2.4",` +
    `"signedAt":"${Math.floor(now.getTime() / 1000)}","payment":${payment}}`;
  const signature = createHmac('sha256', secret).update(body).digest('base64');
  const headers = { 'content-type': 'application/json', 'x-signature-primary': signature };
  try {
    const answer = await pool.request({ path, method: 'POST', headers, body });
    await answer.body.dump();
    return answer.statusCode < 300;
  } catch {
    return false;
  }
}

function send(response: ServerResponse, body: string | undefined): void {
  const text = body ?? '{"error":{"errorId":"NotFound","description":"no such thing"}}';
  response.writeHead(body === undefined ? 404 : 200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
