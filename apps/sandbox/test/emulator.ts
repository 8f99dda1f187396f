import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createService } from '@tollgate/platform';
import type { ApprovalRequired, AttemptView, JournalPage, Stats, WebhookPage } from '../src/control/control.schema.ts';
import { sandboxSettings } from '../src/sandbox.config.ts';
import { SandboxModule } from '../src/sandbox.module.ts';
import { ManualClock } from './manual-clock.ts';

export const API_KEY = 'primer-api-key-of-the-tests';
export const SECOND_API_KEY = 'primer-api-key-of-another-tenant';
export const OPERATOR_TOKEN = 'operator-token-of-the-tests';
export const WEBHOOK_SECRET = 'webhook-secret-of-the-tests';

export interface Answer<Body = Record<string, unknown>> {
  readonly status: number;
  readonly body: Body;
  readonly text: string;
}

export interface PrimerErrorBody {
  readonly error: {
    readonly errorId: string;
    readonly description: string;
    readonly diagnosticsId: string;
    readonly paymentId?: string;
    readonly paymentStatus?: string;
    readonly validationErrors?: readonly {
      readonly model: string;
      readonly errors: readonly { readonly path: string }[];
    }[];
  };
}

export interface CallOptions {
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly rawBody?: string;
  readonly headers?: Record<string, string>;
}

export interface EmulatorOptions {
  readonly webhookUrl?: string;
  readonly webhookTimeoutMs?: number;
  readonly clock?: ManualClock;
  /** Where the shop's back end posts, and its key there. */
  readonly shop?: { readonly intakeUrl: string; readonly intakeApiKey: string };
  /** `key=scope+scope,…` */
  readonly limitedApiKeys?: string;
}

/** A folder for one test file's data; `remove` when done. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tollgate-sandbox-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The emulator on a real SQLite file and a free port, with a clock that the test moves. */
export class Emulator {
  private constructor(
    private readonly app: NestFastifyApplication,
    readonly clock: ManualClock,
    readonly url: string,
  ) {}

  static async start(dataFile: string, options: EmulatorOptions = {}): Promise<Emulator> {
    const clock = options.clock ?? new ManualClock();
    const settings = sandboxSettings.parse({
      LOG_LEVEL: 'fatal',
      TOLLGATE_OPERATOR_TOKEN: OPERATOR_TOKEN,
      PRIMER_API_KEY: API_KEY,
      PRIMER_WEBHOOK_SECRET: WEBHOOK_SECRET,
      SANDBOX_SECOND_API_KEY: SECOND_API_KEY,
      SANDBOX_LIMITED_API_KEYS: options.limitedApiKeys,
      SANDBOX_DATA_FILE: dataFile,
      SANDBOX_WEBHOOK_URL: options.webhookUrl,
      SANDBOX_WEBHOOK_TIMEOUT_MS: options.webhookTimeoutMs ?? 10_000,
      SANDBOX_SHOP_INTAKE_URL: options.shop?.intakeUrl,
      SANDBOX_SHOP_INTAKE_API_KEY: options.shop?.intakeApiKey,
    });
    const app = await createService({
      service: 'sandbox',
      module: SandboxModule.forRoot(settings, clock),
      host: '127.0.0.1',
      port: 0,
      openApi: { open: true },
    });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    return new Emulator(app, clock, `http://127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    await this.app.close();
  }

  /** Calls Primer's API with the right key and version, unless the headers say otherwise; an empty one is left out. */
  async primer<Body = Record<string, unknown>>(
    method: string,
    path: string,
    options: CallOptions = {},
  ): Promise<Answer<Body>> {
    return this.call<Body>(method, path, {
      ...options,
      headers: { 'x-api-key': API_KEY, 'x-api-version': '2.4', ...options.headers },
    });
  }

  /** Calls the control API as an operator. */
  async control<Body = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<Body>> {
    return this.call<Body>(method, `/_sandbox${path}`, {
      body,
      headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
    });
  }

  /** Starts an attempt and answers what the browser event would carry. */
  async startAttempt(wish: object = {}): Promise<ApprovalRequired> {
    const order = { amount: 4_200, currencyCode: 'EUR', orderId: 'order-1' };
    const answer = await this.control<ApprovalRequired>('POST', '/attempts', { ...order, ...wish });
    if (answer.status !== 201) throw new Error(`The attempt was refused: ${answer.status} ${answer.text}`);
    return answer.body;
  }

  async approve(
    attemptId: string,
    headers: Record<string, string> = {},
  ): Promise<Answer<{ merchantPaymentId: string }>> {
    return this.primer('POST', `/payment-attempts/${attemptId}/approve`, { headers });
  }

  async abort(attemptId: string, options: CallOptions = {}): Promise<Answer> {
    return this.primer('POST', `/payment-attempts/${attemptId}/abort`, options);
  }

  async attempt(attemptId: string): Promise<AttemptView> {
    return (await this.control<AttemptView>('GET', `/attempts/${attemptId}`)).body;
  }

  async journal(attemptId: string): Promise<JournalPage['data']> {
    return (await this.control<JournalPage>('GET', `/journal?attemptId=${attemptId}`)).body.data;
  }

  async webhooks(attemptId: string): Promise<WebhookPage['data']> {
    return (await this.control<WebhookPage>('GET', `/webhooks?attemptId=${attemptId}`)).body.data;
  }

  async stats(): Promise<Stats> {
    return (await this.control<Stats>('GET', '/stats')).body;
  }

  async call<Body = Record<string, unknown>>(
    method: string,
    path: string,
    options: CallOptions = {},
  ): Promise<Answer<Body>> {
    const text = options.rawBody ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const headers = Object.entries(options.headers ?? {}).filter(([, value]) => value !== '');
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(text === undefined ? {} : { 'content-type': 'application/json' }),
        ...Object.fromEntries(headers),
      },
      ...(text === undefined ? {} : { body: text }),
      redirect: 'manual',
    });
    const answer = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, body: (isJson ? JSON.parse(answer) : undefined) as Body, text: answer };
  }
}
