import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  type ApprovalAnswer,
  approvalExample,
  attemptExample,
  attemptListExample,
  riskDecisionExample,
  ROLE_SCOPES,
  type Role,
} from '@tollgate/contracts';

import { answerAboutAttempt, approvalOfAttempt } from './attempt-stand-in.ts';
import { RulesStandIn } from './rules-stand-in.ts';

const BUILT = fileURLToPath(new URL('../../apps/console/dist/page', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const NONCE = 'of-a-test';
/** As strict as the console's own. */
const POLICY =
  `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${NONCE}'; connect-src 'self'; img-src 'self'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
export const PASSWORD = 'a password that fits';
export const REVIEWER = 'ada@shop.test';
/** The token of a link that lets somebody in. */
export const INVITATION = 'invitation_of-a-test';

/** The built page with services that say what a test has them say: every answer is typed by the contracts. */
export class ConsoleStandIn {
  readonly approvals = new Map<string, { answer: ApprovalAnswer; endsAt: number }>();
  /** What the page has asked to be changed, as `approvalId decision`, or `approvalId claim`. */
  readonly changes: string[] = [];
  /** Queries of its searches for attempts. */
  readonly attemptSearches: string[] = [];
  readonly rules = new RulesStandIn();
  /** Whether one may sign in by a company's provider, too. */
  hasProvider = false;
  role: Role = 'reviewer';
  #signedIn = false;
  readonly #streams = new Set<ServerResponse>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Something waits for a decision now; the page hears of it by its stream. */
  open(id: string, leftMs: number): void {
    const order = { orderId: `order-${id}`, amountMinor: '12900', currency: 'EUR' };
    const { hits } = riskDecisionExample.evaluation;
    const answer: ApprovalAnswer = {
      ...approvalExample,
      id,
      resourceType: 'payment_attempt',
      resourceId: attemptExample.paymentAttemptId,
      requester: 'service:risk',
      tollgate: {
        ...approvalExample.tollgate,
        orderId: order.orderId,
        amount: { amountMinor: order.amountMinor, currency: order.currency },
        reason: 'review-required',
        dataSnapshot: {
          order,
          card: { bin: '411111', last4: '1111', network: 'VISA' },
          rules: { ruleSet: 'default', hits },
          features: { 'customer.id': 'customer-1', 'velocity.customerAttempts': 3 },
        },
      },
    };
    this.approvals.set(id, { answer, endsAt: performance.now() + leftMs });
    this.tell();
  }

  /** Changes an approval as somebody else would. */
  change(id: string, change: (answer: ApprovalAnswer) => ApprovalAnswer): void {
    const known = this.approvals.get(id);
    if (known === undefined) throw new Error(`There is no approval ${id}`);
    this.approvals.set(id, { ...known, answer: change(known.answer) });
    this.tell();
  }

  tell(): void {
    for (const stream of this.#streams) stream.write('event: approval\ndata: {}\n\n');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>;
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    if (pathname === '/invitations/accept') this.#acceptInvitation(body, response);
    else if (pathname === '/session/ways') send(response, 200, { password: true, oidc: this.hasProvider });
    else if (pathname === '/session') this.#answerSession(request.method ?? '', body, response);
    else if (pathname.endsWith('/v0/approvals/stream')) this.#stream(response);
    else if (pathname.startsWith('/api/')) this.#answerService(request.method ?? '', request.url ?? '', body, response);
    else if (pathname === '/figures') send(response, 200, FIGURES);
    else sendFile(response, pathname);
  }

  #answerSession(method: string, { password }: Record<string, unknown>, response: ServerResponse): void {
    if (method === 'POST') this.#signedIn = password === PASSWORD;
    if (method === 'DELETE') this.#signedIn = false;
    if (!this.#signedIn) {
      send(response, method === 'DELETE' ? 204 : 401, { code: 'UNAUTHENTICATED', title: 'No' });
      return;
    }
    const person = { personId: 'p1', email: REVIEWER, displayName: 'Ada', role: this.role };
    send(response, 200, { person: { ...person, scopes: ROLE_SCOPES[this.role] }, csrfToken: 'token' });
  }

  #acceptInvitation({ token }: Record<string, unknown>, response: ServerResponse): void {
    if (token === INVITATION) this.#answerSession('POST', { password: PASSWORD }, response);
    else send(response, 404, { code: 'INVITATION_NOT_FOUND', title: 'This link does not let anybody in' });
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 100\n\n');
    this.#streams.add(response);
    response.once('close', () => this.#streams.delete(response));
  }

  #answerService(method: string, url: string, body: Record<string, unknown>, response: ServerResponse): void {
    const path = url.split('?', 1)[0] ?? '';
    const toldOfAttempt = answerAboutAttempt(path);
    const toldByRules = this.rules.answer(method, url.replace('/api/risk', ''));
    const approvals = [...this.approvals.values()].map(({ answer, endsAt }) => withTimeLeft(answer, endsAt));
    const one = approvals.find(({ id }) => path === `/api/approvals/v0/approvals/${id}`);
    if (path === '/api/approvals/v0/approvals') {
      const isAboutAttempt = url.includes(`resourceId=${attemptExample.paymentAttemptId}`);
      const pending = approvals.filter(({ decision }) => decision === 'pending');
      const data = isAboutAttempt ? [approvalOfAttempt] : pending;
      send(response, 200, { object: 'list', data, pagination: { limit: 100, offset: 0, total: data.length } });
    } else if (one !== undefined && method === 'PATCH') {
      this.#change(one, body, response);
    } else if (one !== undefined) {
      send(response, 200, one);
    } else if (path === '/api/intake/v1/attempts') {
      this.attemptSearches.push(url.slice(path.length));
      send(response, 200, attemptListExample);
    } else if (path === '/api/risk/v1/rulesets' && method === 'POST') {
      send(response, ...this.rules.draft(body));
    } else if (toldOfAttempt !== undefined) {
      send(response, 200, toldOfAttempt);
    } else if (toldByRules !== undefined) {
      send(response, method === 'POST' ? 202 : 200, toldByRules);
    } else {
      send(response, 404, { code: 'NOT_FOUND', title: 'There is no such resource' });
    }
  }

  #change(one: ApprovalAnswer, body: Record<string, unknown>, response: ServerResponse): void {
    this.changes.push(`${one.id} ${typeof body['decision'] === 'string' ? body['decision'] : 'claim'}`);
    if (one.decision !== 'pending' || one.tollgate.timeLeftMs === 0) {
      const message = `The approval was ${one.decision} before.`;
      send(response, 409, { message, error: 'conflict', code: 'APPROVAL_DECIDED' });
    } else if (body['decision'] !== undefined && body['dataSnapshotHash'] !== one.dataSnapshotHash) {
      send(response, 409, { message: 'The data has changed.', error: 'conflict', code: 'APPROVAL_STALE' });
    } else {
      const claim = body['claim'] === true ? { by: REVIEWER, until: '2099-01-01T00:00:00.000Z' } : null;
      const note = typeof body['note'] === 'string' ? body['note'] : null;
      const decision = body['decision'] as 'approved' | 'rejected' | undefined;
      this.change(one.id, (answer) => ({
        ...answer,
        ...(decision === undefined ? {} : { decision, reviewer: REVIEWER, note }),
        tollgate: { ...answer.tollgate, claim },
      }));
      send(response, 200, this.approvals.get(one.id)?.answer);
    }
  }
}

function withTimeLeft(answer: ApprovalAnswer, endsAt: number): ApprovalAnswer {
  const timeLeftMs = Math.max(0, Math.round(endsAt - performance.now()));
  return { ...answer, tollgate: { ...answer.tollgate, timeLeftMs } };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(status === 204 ? undefined : JSON.stringify(body));
}

function sendFile(response: ServerResponse, path: string): void {
  if (path.startsWith('/assets/')) {
    const content = readFileSync(join(BUILT, 'assets', basename(path)));
    response.writeHead(200, { 'content-type': TYPES[extname(path)] }).end(content);
    return;
  }
  const document = readFileSync(join(BUILT, 'index.html'), 'utf8').replaceAll('%NONCE%', NONCE);
  response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': POLICY }).end(document);
}

const STARTED_AT = Date.parse('2026-11-21T12:00:00.000Z');
const FIGURES = {
  asOf: new Date(STARTED_AT).toISOString(),
  windowSeconds: 300,
  services: ['intake', 'risk', 'approvals', 'gateway', 'ledger'].map((service, index) => ({
    service,
    isUp: service !== 'approvals',
    lag: index,
    lagByTopic: {},
    deadLetters: service === 'ledger' ? 2 : 0,
    outboxDepth: 0,
    outboxAgeSeconds: 0,
  })),
  series: Array.from({ length: 60 }, (_, index) => ({
    at: new Date(STARTED_AT + (index - 60) * 5_000).toISOString(),
    received: 20 + (index % 7),
    decided: 19 + (index % 6),
    called: 15 + (index % 5),
    webhooks: 10 + (index % 9),
  })),
  totals: {
    outcomes: { APPROVED: 409, ABORTED: 3 },
    decisions: { 'APPROVE no-rule-matched': 412 },
    calls: { 'approve 200': 409 },
    webhooks: { POSTED: 800 },
  },
  latencies: [{ name: 'Checkout: the answer to the shop', p50: 0.012, p95: 0.19, p99: 1.2 }],
};
