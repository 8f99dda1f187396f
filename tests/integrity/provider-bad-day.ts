import type { Stack } from '@tollgate/testing';

/** Calls about an attempt; faults that name no operations strike reads of payments as well. */
const OF_ATTEMPTS = ['approve_payment_attempt', 'abort_payment_attempt'];
const APPROVE = ['approve_payment_attempt'];

const CALLS_METRIC = /^sandbox_primer_answers_total(?:\{[^}]*\})? (\d+)/gm;

/** One thing that goes wrong at the provider, as the emulator takes it (`POST /_sandbox/faults`). */
interface ProviderFault {
  readonly kind: string;
  readonly operations?: readonly string[];
  readonly [setting: string]: unknown;
}

/** How long what is slow takes: longer than the gateway waits where it says so. Milliseconds. */
export interface BadDayTiming {
  readonly hangMs: number;
  readonly slowMs: number;
  /** By so much the list of payments lags; less than the time after which the gateway believes that there is none. */
  readonly listLagMs: number;
}

/** Faults by the names under which they are counted. */
type NamedFaults = Readonly<Record<string, ProviderFault>>;

/** Every kind of fault of a call. */
function faultsOfCalls({ hangMs, slowMs }: BadDayTiming): NamedFaults {
  const answer = (status: number, more: object = {}): ProviderFault => ({ kind: 'ANSWER', status, ...more });
  const refusal = (status: number, errorId: string, more: object = {}): ProviderFault =>
    answer(status, { errorId, operations: OF_ATTEMPTS, ...more });
  return {
    'expires now': { kind: 'EXPIRE', operations: OF_ATTEMPTS },
    'is no longer current': { kind: 'NOT_CURRENT', operations: OF_ATTEMPTS },
    '404 for once': refusal(404, 'PaymentAttemptNotFound'),
    '409 not approvable': refusal(409, 'InvalidPaymentAttemptTransition'),
    '409 after the effect': refusal(409, 'IdempotencyKeyAlreadyExists', { operations: APPROVE, afterEffect: true }),
    '410 expired': refusal(410, 'PaymentAttemptExpired'),
    '429 too fast': answer(429, { retryAfterSeconds: 1 }),
    '500 without an effect': answer(500, { errorId: 'InternalServerError' }),
    '502 after the effect': answer(502, { afterEffect: true }),
    '503 without an effect': answer(503),
    '504 after the effect': answer(504, { afterEffect: true }),
    hangs: { kind: 'HANG', holdMs: hangMs },
    'hangs after the effect': { kind: 'HANG', holdMs: hangMs, afterEffect: true },
    'is reset': { kind: 'RESET' },
    'loses its answer': { kind: 'LOST_ANSWER' },
    'is slow': { kind: 'SLOW', delayMs: slowMs },
    drips: { kind: 'SLOW_DRIP' },
    'is cut off': { kind: 'MALFORMED_BODY', form: 'TRUNCATED' },
    'is no JSON': { kind: 'MALFORMED_BODY', form: 'NOT_JSON' },
    'is empty': { kind: 'MALFORMED_BODY', form: 'EMPTY' },
    'is something else': { kind: 'MALFORMED_BODY', form: 'OTHER_SHAPE' },
  };
}

/** Every kind of fault of a webhook. What a merchant refuses comes again by the provider's schedule. */
function faultsOfWebhooks({ slowMs }: BadDayTiming): NamedFaults {
  return {
    'webhook comes again': { kind: 'WEBHOOK_DUPLICATE', copies: 2, delayMs: slowMs },
    'webhook is overtaken': { kind: 'WEBHOOK_REORDER', holdMs: slowMs },
    'webhook is late': { kind: 'WEBHOOK_DELAY', delayMs: 2 * slowMs },
    'webhook is lost': { kind: 'WEBHOOK_DROP' },
    'webhook is signed by nobody': { kind: 'WEBHOOK_BAD_SIGNATURE' },
    'webhook is signed long ago': { kind: 'WEBHOOK_STALE_SIGNED_AT' },
    'webhook is repeated byte for byte': { kind: 'WEBHOOK_RETRY_UNCHANGED' },
  };
}

/**
 * What befalls one attempt for good: until the day is over the gate hears nothing of its approve, so that it has to
 * fence, and to look for the payment.
 */
const CURSES: readonly (readonly ProviderFault[])[] = [
  [{ kind: 'LOST_ANSWER', operations: APPROVE, rate: 1 }],
  [{ kind: 'RESET', operations: APPROVE, rate: 1 }],
  [{ kind: 'ANSWER', status: 503, operations: APPROVE, rate: 1 }],
  [{ kind: 'ANSWER', status: 504, operations: APPROVE, rate: 1, afterEffect: true }],
  // The fence's own answer is lost as well: the next one is a 409, and only the provider's list can tell why.
  [
    { kind: 'RESET', operations: APPROVE, rate: 1 },
    { kind: 'LOST_ANSWER', operations: OF_ATTEMPTS.slice(1), times: 1 },
  ],
  [
    { kind: 'LOST_ANSWER', operations: APPROVE, rate: 1 },
    { kind: 'LOST_ANSWER', operations: OF_ATTEMPTS.slice(1), times: 1 },
  ],
  // Primer refuses the fence, as it would after an approve, and no payment shows: only a person can close it.
  [
    { kind: 'ANSWER', status: 503, operations: APPROVE, rate: 1 },
    {
      kind: 'ANSWER',
      status: 409,
      errorId: 'InvalidPaymentAttemptTransition',
      operations: OF_ATTEMPTS.slice(1),
      times: 1,
    },
  ],
];
export const CURSED_ATTEMPTS = CURSES.length;

/** The provider of a stack on a bad day: this share of its calls goes wrong, in all ways. */
export class BadDay {
  readonly #names = new Map<number, string>();

  constructor(private readonly stack: Stack) {}

  /** Of the calls, and of the webhooks, so many go wrong, in every way; the list of payments lags. */
  async begin(timing: BadDayTiming, odds: { share: number; seed: number }): Promise<void> {
    await this.#strike(faultsOfCalls(timing), odds);
    await this.#strike(faultsOfWebhooks(timing), odds);
    await this.#set([{ kind: 'LIST_LAG', lagMs: timing.listLagMs }]);
  }

  /** Each fault strikes the first that it fits, and from then on as many that all together make up the share. */
  async #strike(faults: NamedFaults, { share, seed }: { share: number; seed: number }): Promise<void> {
    const named = Object.entries(faults);
    const rate = 1 - (1 - share) ** (1 / named.length);
    for (const [name, fault] of named) {
      const set = await this.#set([
        { ...fault, times: 1 },
        { ...fault, rate, seed },
      ]);
      for (const id of set) this.#names.set(id, name);
    }
  }

  /** @param index which curse */
  async curse(attemptId: string, index: number): Promise<void> {
    const curse = CURSES[index % CURSES.length] ?? [];
    for (const id of await this.#set(curse.map((fault) => ({ ...fault, attemptId })))) this.#names.set(id, 'curses');
  }

  /** From now on nothing goes wrong. @returns how often each fault struck, of how many calls */
  async end(): Promise<{ strikes: Record<string, number>; calls: number }> {
    const calls = await this.#countCalls();
    const { body } = await this.stack.ask<FaultList>('sandbox', '/_sandbox/faults?limit=1000');
    const strikes: Record<string, number> = {};
    for (const { faultId, strikes: count } of body.data) {
      const name = this.#names.get(faultId);
      if (name !== undefined) strikes[name] = (strikes[name] ?? 0) + count;
    }
    await this.stack.ask('sandbox', '/_sandbox/faults', { method: 'DELETE' });
    return { strikes, calls };
  }

  async #countCalls(): Promise<number> {
    const { body } = await this.stack.ask<string>('sandbox', '/metrics');
    return [...body.matchAll(CALLS_METRIC)].reduce((total, [, count]) => total + Number(count), 0);
  }

  async #set(faults: readonly object[]): Promise<number[]> {
    const { status, body } = await this.stack.ask<FaultList>('sandbox', '/_sandbox/faults', { body: { faults } });
    if (status !== 201) throw new Error(`the emulator refused a fault: ${status} ${JSON.stringify(body)}`);
    return body.data.map(({ faultId }) => faultId);
  }
}

interface FaultList {
  data: { faultId: number; strikes: number }[];
}
