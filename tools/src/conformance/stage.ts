import { randomUUID } from 'node:crypto';
import { parseJsonLossless } from '@tollgate/platform';
import {
  type Exchange,
  PrimerClient,
  type PrimerRequest,
  PrimerTransport,
  type SendOptions,
} from '@tollgate/primer-client';
import { askByClient, type ClientResult, readAsClient } from './ask-by-client.ts';
import { EmulatorControl, type Fault, type StartedAttempt } from './emulator-control.ts';
import { type Answer, CannotPrepare } from './answer.types.ts';
import type { WebhookListener } from './webhook-listener.ts';
import { withoutSecrets } from './without-secrets.ts';

/** Where the server under test is, and what it was given to be tested with. */
export interface StageOptions {
  readonly url: string;
  readonly apiKey: string;
  /** Of the emulator's control API. Without it, tokens and attempts have to be given. */
  readonly operatorToken?: string;
  /** The key of another merchant of the same server. */
  readonly secondApiKey?: string;
  /** A key that has no scope at all. */
  readonly scopelessApiKey?: string;
  /** A vaulted token, good for any number of payments. */
  readonly vaultedToken?: string;
  /** Attempts that await approval, each used up by one row. */
  readonly attemptIds: readonly string[];
  readonly currency: string;
  /** Where the server's webhooks come in. */
  readonly webhooks?: WebhookListener;
  readonly webhookSecret?: string;
}

/** Test cards of Primer's documents, by what they do. */
const CARDS = {
  authorised: '4111111111111111',
  declined: '4000000000000002',
  failed: '4000000000000010',
  challenged: '4916994064252017',
} as const;

/** What a token or a payment is wanted for. */
export interface PaymentWish {
  readonly card?: keyof typeof CARDS;
  /** Beside token, order, amount and currency. */
  readonly body?: object;
}

/** In minor units; what can be divided by 100 is a whole number in every currency. */
const AMOUNT = 4_200n;

/** The server under test: asks it, and brings it where a row wants it. */
export class Stage {
  readonly amount = AMOUNT;
  readonly #transport: ObservedTransport;
  readonly #client: PrimerClient;
  readonly #control: EmulatorControl | undefined;
  readonly #attemptIds: string[];

  constructor(readonly options: StageOptions) {
    const { url: baseUrl, apiKey, operatorToken } = options;
    this.#transport = new ObservedTransport({ baseUrl, apiKey });
    this.#client = new PrimerClient({ baseUrl, apiKey, readRetriesMax: 0 }, this.#transport);
    this.#control = operatorToken === undefined ? undefined : new EmulatorControl(baseUrl, operatorToken);
    this.#attemptIds = [...options.attemptIds];
  }

  /** Asks by the client; what the client refuses to send, or with headers of its own, by hand. */
  async ask(request: PrimerRequest, headers?: Record<string, string>): Promise<Answer> {
    const byClient = headers === undefined ? await askByClient(this.#client, request) : undefined;
    if (byClient !== undefined) {
      return toAnswer(byClient, 'client', this.#transport.latest);
    }
    const exchange = await this.#transport.send(request, {}, headers);
    return toAnswer(readAsClient(request, exchange), 'hand', exchange);
  }

  /** A name that nobody used before. */
  newName(prefix: string): string {
    return `${prefix}-${randomUUID()}`;
  }

  /** Order, amount and currency of a purchase that nobody else makes. */
  newPurchase(): { orderId: string; currencyCode: string; amount: bigint } {
    return { orderId: this.newName('conformance'), currencyCode: this.options.currency, amount: AMOUNT };
  }

  /** An attempt that awaits approval: started in the emulator, or one of those given. */
  async newAttempt(wish: object = {}): Promise<StartedAttempt> {
    if (this.#control !== undefined) {
      return this.#control.startAttempt({ ...this.newPurchase(), amount: Number(AMOUNT), ...wish });
    }
    const paymentAttemptId = Object.keys(wish).length === 0 ? this.#attemptIds.shift() : undefined;
    if (paymentAttemptId === undefined) {
      throw new CannotPrepare('no attempt of this kind was given');
    }
    return { paymentAttemptId, clientSessionId: '' };
  }

  /** A one-time token; the vaulted one where no card can be entered. */
  async newToken(card: keyof typeof CARDS = 'authorised', wish: object = {}): Promise<string> {
    if (this.#control !== undefined) {
      return this.#control.makeToken({
        cardNumber: CARDS[card],
        expirationMonth: '12',
        expirationYear: '2039',
        ...wish,
      });
    }
    const { vaultedToken } = this.options;
    if (vaultedToken === undefined || card !== 'authorised' || Object.keys(wish).length > 0) {
      throw new CannotPrepare(`no token of this kind was given (${card})`);
    }
    return vaultedToken;
  }

  /** The token of a new client session; undefined when none could be made. */
  async makeClientToken(): Promise<string | undefined> {
    const call = await this.#client.createClientSession({ ...this.newPurchase(), approvalMode: 'MANUAL' });
    return call.kind === 'answered' ? call.session?.clientToken : undefined;
  }

  /** A request that makes a payment. */
  async newPaymentRequest({ card = 'authorised', body = {} }: PaymentWish = {}): Promise<PrimerRequest> {
    return {
      call: 'createPayment',
      idempotencyKey: this.newName('key'),
      body: { ...this.newPurchase(), paymentMethodToken: await this.newToken(card), ...body },
    };
  }

  /** A payment, by the status that its card leads to: AUTHORIZED, DECLINED, FAILED, or PENDING when challenged. */
  async newPayment(wish: PaymentWish = {}): Promise<string> {
    return this.succeed(await this.newPaymentRequest(wish));
  }

  /** A payment all of which is captured. */
  async newCapturedPayment(): Promise<string> {
    const id = await this.newPayment();
    await this.succeed({ call: 'capturePayment', id, body: {} });
    return id;
  }

  /** Asks for something that must succeed before the row's question makes sense. @returns the payment's id */
  async succeed(request: PrimerRequest): Promise<string> {
    const answer = await this.ask(request);
    const { id } = (answer.body ?? {}) as { readonly id?: string };
    if (answer.status !== 200 || (id === undefined && request.id === undefined)) {
      throw new CannotPrepare(`${request.call} is answered ${answer.status ?? answer.trouble} ${answer.errorId ?? ''}`);
    }
    return id ?? request.id ?? '';
  }

  /** Asks, with the answer settled beforehand: for what no request can bring about. */
  async askForced(request: PrimerRequest, fault: Omit<Fault, 'kind'>): Promise<Answer> {
    const control = this.#needControl('this answer cannot be brought about from outside');
    const takeBack = await control.forceNextAnswer({ kind: 'ANSWER', ...fault });
    const answer = await this.ask(request);
    await takeBack();
    return { ...answer, isForced: true };
  }

  /** The shopper passes the challenge of a waiting payment. @returns the resume token that the browser brings back */
  async passChallenge(paymentId: string): Promise<string> {
    return this.#needControl('only a browser can pass a challenge').passChallenge(paymentId);
  }

  async letTimePass(ms: number): Promise<void> {
    await this.#needControl('only the emulator has a clock that can be moved').advanceClock(ms);
  }

  /** @throws CannotPrepare when the option was not given */
  need<Name extends keyof StageOptions>(name: Name): NonNullable<StageOptions[Name]> {
    const value = this.options[name];
    if (value === undefined) {
      throw new CannotPrepare(`${name} was not given`);
    }
    return value;
  }

  async close(): Promise<void> {
    await this.#client.destroy();
  }

  #needControl(reason: string): EmulatorControl {
    if (this.#control === undefined) {
      throw new CannotPrepare(reason);
    }
    return this.#control;
  }
}

/** Keeps the latest exchange: a report shows what really came. */
class ObservedTransport extends PrimerTransport {
  latest: Exchange | undefined;

  override async send(
    request: PrimerRequest,
    options: SendOptions,
    headers?: Record<string, string>,
  ): Promise<Exchange> {
    this.latest = await super.send(request, options, headers);
    return this.latest;
  }
}

function toAnswer(result: ClientResult, sentBy: Answer['sentBy'], exchange: Exchange | undefined): Answer {
  const error = 'error' in result ? result.error : undefined;
  return {
    sentBy,
    understood: isUnderstood(result),
    ...('status' in result && result.status !== undefined ? { status: result.status } : {}),
    ...(result.kind === 'found' ? { status: 200 } : {}),
    ...(error === undefined ? {} : { errorId: error.errorId }),
    ...(error?.description === undefined ? {} : { description: error.description }),
    ...('reason' in result ? { trouble: result.reason } : {}),
    ...(exchange?.kind === 'answered' ? { body: toBody(exchange.body) } : {}),
  };
}

function isUnderstood(result: ClientResult): boolean {
  switch (result.kind) {
    case 'answered':
      return result.understood;
    case 'found':
      return true;
    case 'missing':
    case 'refused':
      return result.error !== undefined;
    default:
      return result.reason === 'server-error' || result.reason === 'too-many-requests';
  }
}

function toBody(bytes: Buffer): unknown {
  try {
    return withoutSecrets(parseJsonLossless(bytes));
  } catch {
    return undefined;
  }
}
