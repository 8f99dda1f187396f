import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import {
  DOCUMENTED_ANSWERS,
  type DocumentedAnswer,
  GENERAL_ANSWERS,
  PRIMER_CALLS,
  type PrimerCallName,
} from '@tollgate/primer-client';
import { freePort, startService } from '@tollgate/testing';
import type { ServiceProcess } from '@tollgate/testing';
import { conform } from '../src/conformance/conformance.command.ts';
import type { ConformanceReport } from '../src/conformance/conformance-report.ts';
import { goThrough, MATRIX } from '../src/conformance/matrix.ts';
import { nameOf } from '../src/conformance/matrix.types.ts';
import { Stage, type StageOptions } from '../src/conformance/stage.ts';
import { WebhookListener } from '../src/conformance/webhook-listener.ts';

/** The client's folder, built as a user of it would have it. */
const CLIENT = new URL('../../libs/primer-client/', import.meta.url);

const API_KEY = 'primer-api-key-of-the-matrix';
const OPERATOR_TOKEN = 'operator-token-of-the-matrix';
const WEBHOOK_SECRET = 'webhook-secret-of-the-matrix';
const SCOPELESS_API_KEY = 'primer-api-key-that-may-do-nothing-here';
const SECOND_API_KEY = 'primer-api-key-of-another-merchant';

/** A call in the emulator's OpenAPI document, as far as it is read here. */
interface DocumentedCall {
  readonly responses: Readonly<
    Record<number, { readonly content?: Readonly<Record<string, { readonly examples?: object }>> }>
  >;
}

let folder: string;
let emulator: ServiceProcess;
let options: StageOptions;
let stage: Stage;
let webhooks: WebhookListener;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tollgate-conformance-'));
  const [port, webhookPort] = [await freePort(), await freePort()];
  webhooks = await WebhookListener.start(webhookPort);
  emulator = await startService({
    app: 'sandbox',
    port,
    environment: {
      LOG_LEVEL: 'fatal',
      SANDBOX_PORT: String(port),
      SANDBOX_DATA_FILE: path.join(folder, 'sandbox.db'),
      PRIMER_API_KEY: API_KEY,
      PRIMER_WEBHOOK_SECRET: WEBHOOK_SECRET,
      SANDBOX_WEBHOOK_URL: `http://127.0.0.1:${webhookPort}/`,
      TOLLGATE_OPERATOR_TOKEN: OPERATOR_TOKEN,
      SANDBOX_SECOND_API_KEY: SECOND_API_KEY,
      SANDBOX_LIMITED_API_KEYS: `${SCOPELESS_API_KEY}=third_party:webhook_trigger`,
    },
  });
  options = {
    url: emulator.url,
    apiKey: API_KEY,
    operatorToken: OPERATOR_TOKEN,
    secondApiKey: SECOND_API_KEY,
    scopelessApiKey: SCOPELESS_API_KEY,
    attemptIds: [],
    currency: 'EUR',
    webhookSecret: WEBHOOK_SECRET,
  };
  stage = new Stage({ ...options, webhooks });
});

afterAll(async () => {
  await stage.close();
  await emulator.stop();
  await webhooks.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('client and emulator agree on', () => {
  it.each(MATRIX.map((row) => ({ name: nameOf(row), row })))('$name', async ({ row }) => {
    const { verdict, reason, answer } = await goThrough(row, stage);
    expect({ verdict, reason, understood: answer?.understood }).toEqual({
      verdict: row.expected === undefined ? 'noted' : 'as documented',
      reason: undefined,
      understood: true,
    });
  });
});

it("the emulator's own document has every documented answer of every call, as the client knows them", async () => {
  const document = await fetch(new URL('/openapi.json', emulator.url));
  const { paths } = (await document.json()) as { paths: Record<string, Record<string, DocumentedCall>> };
  const known = Object.entries(PRIMER_CALLS).flatMap(([name, { route, method }]) =>
    [...DOCUMENTED_ANSWERS[name as PrimerCallName], ...GENERAL_ANSWERS].map((answer: DocumentedAnswer) => {
      const response = paths[route]?.[method.toLowerCase()]?.responses[answer.status];
      const errorIds = Object.keys(response?.content?.['application/json']?.examples ?? {});
      const isDocumented =
        response !== undefined && (answer.errorId === undefined || errorIds.includes(answer.errorId));
      return { name, answer, isDocumented };
    }),
  );
  expect(known.filter(({ isDocumented }) => !isDocumented)).toEqual([]);
});

it("the client's ten lines do what its README prints, with nothing but another base URL and a key", async () => {
  const readme = readFileSync(new URL('README.md', CLIENT), 'utf8');
  const lines = /```ts\n([\s\S]*?)```/.exec(readme)![1]!.replace('https://api.sandbox.primer.io', emulator.url);
  const { paymentAttemptId } = await stage.newAttempt();
  const { body = {}, ...request } = await stage.newPaymentRequest();
  const orderId = (body as { orderId: string }).orderId;
  const paymentId = await stage.succeed({ ...request, body });
  const given = { apiKey: API_KEY, paymentId, orderId, attemptId: paymentAttemptId, webhookSecret: WEBHOOK_SECRET };
  const file = path.join(folder, 'ten-lines.mjs');
  writeFileSync(
    file,
    [
      `import { PrimerClient, verifyWebhookSignature } from '${new URL('dist/index.js', CLIENT).href}';`,
      `const { ${Object.keys(given).join(', ')} } = ${JSON.stringify(given)};`,
      `const { signal } = new AbortController();`,
      `const { rawBody, primary, secondary } = { rawBody: Buffer.from('{}'), primary: 'wrong', secondary: undefined };`,
      lines,
      `console.log(approved.kind, approved.paymentId, genuine);`,
      `await primer.destroy();`,
    ].join('\n'),
  );
  const { stdout } = await promisify(execFile)(process.execPath, [file]);
  expect(stdout).toMatch(/^SETTLING [\s\S]*\n(\w+) SETTLING\nanswered \w+ false\n$/);
  expect(stdout).toContain(`${paymentId} SETTLING`);
});

describe('npm run conformance', () => {
  let output: string[];

  beforeEach(() => {
    output = [];
    for (const stream of ['log', 'error'] as const) {
      jest.spyOn(console, stream).mockImplementation((text: string) => output.push(text));
    }
  });

  it('writes down every answer, and no secret', async () => {
    const reportFile = path.join(folder, 'reports', 'report.json');
    expect(await conform({ stage: options, only: 'createClientSession', webhookPort: undefined, reportFile })).toBe(0);
    const text = readFileSync(reportFile, 'utf8');
    const report = JSON.parse(text) as ConformanceReport;
    expect(report.counts).toMatchObject({ otherwise: 0, 'not tried': 0 });
    expect(report.rows.length).toBe(report.counts['as documented']);
    expect(report.rows[0]?.answer).toMatchObject({ status: 200, body: { clientToken: '…', currencyCode: 'EUR' } });
    for (const secret of [API_KEY, OPERATOR_TOKEN, SECOND_API_KEY, SCOPELESS_API_KEY])
      expect(text + output.join()).not.toContain(secret);
  });

  it('tries what it can where there is no operator, and fails for nothing else', async () => {
    const { operatorToken: _operatorToken, secondApiKey: _secondApiKey, ...given } = options;
    const reportFile = path.join(folder, 'report.json');
    expect(await conform({ stage: given, only: 'Attempt ', webhookPort: undefined, reportFile })).toBe(0);
    const { counts } = JSON.parse(readFileSync(reportFile, 'utf8')) as ConformanceReport;
    expect(counts).toMatchObject({ otherwise: 0 });
    expect(counts['as documented']).toBeGreaterThan(0);
    expect(counts['not tried']).toBeGreaterThan(0);
  });

  it('asks what it can when the control API refuses the operator', async () => {
    const reportFile = path.join(folder, 'report.json');
    const refused = { ...options, operatorToken: 'no-token-of-this-operator' };
    expect(await conform({ stage: refused, only: 'ClientSession 4', webhookPort: undefined, reportFile })).toBe(0);
    const { rows } = JSON.parse(readFileSync(reportFile, 'utf8')) as ConformanceReport;
    expect(rows.find(({ verdict }) => verdict === 'not tried')?.reason).toBe('POST /_sandbox/faults is answered 401');
    expect(rows.filter(({ verdict }) => verdict === 'as documented').length).toBeGreaterThan(5);
  });

  it('says so when the key is refused or nobody is there', async () => {
    const run = (wish: Partial<StageOptions>) =>
      conform({ stage: { ...options, ...wish }, only: undefined, webhookPort: undefined, reportFile: undefined });
    expect(await run({ apiKey: 'wrong-key' })).toBe(3);
    expect(await run({ url: 'http://127.0.0.1:1' })).toBe(3);
    expect(output.join()).toMatch(/refuses the key.*cannot be reached/s);
  });
});
