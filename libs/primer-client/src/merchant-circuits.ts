import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  type BulkheadPolicy,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ExponentialBackoff,
  handleWhenResult,
  SamplingBreaker,
  TaskCancelledError,
} from 'cockatiel';
import type { Exchange, LossReason } from './exchange.ts';

/** How much of one merchant's traffic is let through, and when it is held back. */
export interface CircuitOptions {
  /** Calls of one merchant under way at once; more of them wait. */
  readonly callsMax: number;
  /** Calls of one merchant that wait; more of them are `notSent`. */
  readonly callsWaitingMax: number;
  /** The circuit opens when more than this share of calls within `sampleMs` got no whole answer or a 5xx: 0 … 1. */
  readonly failureShare: number;
  readonly sampleMs: number;
  /** Fewer calls than this within `sampleMs` prove nothing. */
  readonly sampleCallsMin: number;
  /** How long an open circuit lets nothing through before one call may try; it doubles up to `openMsMax`. */
  readonly openMs: number;
  readonly openMsMax: number;
}

/**
 * Half of at least ten calls within ten seconds: a provider that fails now and then does not open it, one that is away
 * does within moments.
 */
export const CIRCUIT_DEFAULTS: CircuitOptions = {
  callsMax: 64,
  callsWaitingMax: 1_000,
  failureShare: 0.5,
  sampleMs: 10_000,
  sampleCallsMin: 10,
  openMs: 1_000,
  openMsMax: 8_000,
};

/** One merchant's circuit, for metrics and operators. */
export interface CircuitReport {
  /** As the calls named it; undefined for a caller that is known by its key alone. */
  readonly merchantId: string | undefined;
  readonly state: 'closed' | 'open' | 'half-open';
  readonly callsInHand: number;
  readonly callsWaiting: number;
}

/** What a call needs of its circuit. */
export interface Passage {
  /** Who calls. Circuits are told apart by it, or by the key where it is absent. */
  readonly merchantId: string | undefined;
  readonly apiKey: string;
  /** For waiting as well. Milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** @param timeoutMs what waiting has left of it */
  readonly send: (timeoutMs: number) => Promise<Exchange>;
}

/** Circuits are kept for this many callers; beyond it, idle ones are forgotten. */
const CIRCUITS_MAX = 10_000;

/** A limit of calls under way and a circuit breaker for each merchant: one merchant's trouble is no other's. */
export class MerchantCircuits {
  readonly #options: CircuitOptions;
  readonly #circuits = new Map<string, Circuit>();

  constructor(options: Partial<CircuitOptions>) {
    this.#options = { ...CIRCUIT_DEFAULTS, ...options };
  }

  /** Sends when there is room and the circuit lets it through; `notSent` otherwise. */
  async pass(passage: Passage): Promise<Exchange> {
    const circuit = this.#findOrMake(passage);
    const { timeoutMs, signal } = passage;
    try {
      return circuit.slots.executionSlots > 0
        ? await circuit.slots.execute(() => circuit.send(() => passage.send(timeoutMs)), signal)
        : await this.#waitAndSend(circuit, passage);
    } catch (error) {
      return { kind: 'notSent', reason: toReason(error) };
    }
  }

  reports(): CircuitReport[] {
    return [...this.#circuits.values()].map((circuit) => this.#toReport(circuit));
  }

  /** Of the merchant that calls named; undefined while there was none. */
  reportOf(merchantId: string): CircuitReport | undefined {
    const circuit = this.#circuits.get(toName(merchantId, ''));
    return circuit === undefined ? undefined : this.#toReport(circuit);
  }

  #toReport(circuit: Circuit): CircuitReport {
    return {
      merchantId: circuit.merchantId,
      state: circuit.state,
      callsInHand: this.#options.callsMax - circuit.slots.executionSlots,
      callsWaiting: this.#options.callsWaitingMax - circuit.slots.queueSlots,
    };
  }

  /** The library asks a waiting call's signal only when its turn has come; whoever waits is answered in time here. */
  #waitAndSend(circuit: Circuit, passage: Passage): Promise<Exchange> {
    const { signal, timeoutMs, send } = passage;
    const endsAtMs = performance.now() + timeoutMs;
    const gone = new AbortController();
    return new Promise<Exchange>((resolve, reject) => {
      const leave = (reason: LossReason) => {
        stopWaiting();
        gone.abort();
        resolve({ kind: 'notSent', reason });
      };
      const onAbort = () => leave('cancelled');
      const timer = setTimeout(leave, timeoutMs, 'call-timeout');
      const stopWaiting = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const sendAtLast = () => {
        stopWaiting();
        return circuit.send(() => send(endsAtMs - performance.now()));
      };
      circuit.slots.execute(sendAtLast, gone.signal).then(resolve, reject).finally(stopWaiting);
    });
  }

  #findOrMake({ merchantId, apiKey }: Passage): Circuit {
    const name = toName(merchantId, apiKey);
    const known = this.#circuits.get(name);
    if (known !== undefined) {
      return known;
    }
    if (this.#circuits.size >= CIRCUITS_MAX) {
      this.#forgetOneIdle();
    }
    const circuit = new Circuit(merchantId, this.#options);
    this.#circuits.set(name, circuit);
    return circuit;
  }

  #forgetOneIdle(): void {
    for (const [name, circuit] of this.#circuits) {
      if (circuit.slots.executionSlots === this.#options.callsMax && circuit.state === 'closed') {
        this.#circuits.delete(name);
        return;
      }
    }
  }
}

function toName(merchantId: string | undefined, apiKey: string): string {
  return merchantId === undefined ? `key ${apiKey}` : `merchant ${merchantId}`;
}

class Circuit {
  readonly slots: BulkheadPolicy;
  readonly #breaker: CircuitBreakerPolicy;

  constructor(
    readonly merchantId: string | undefined,
    options: CircuitOptions,
  ) {
    const { callsMax, callsWaitingMax, failureShare, sampleMs, sampleCallsMin, openMs, openMsMax } = options;
    this.slots = bulkhead(callsMax, callsWaitingMax);
    const breaker: CircuitBreakerPolicy = circuitBreaker(
      // A probe that we cut off ourselves proves nothing: the circuit stays open.
      handleWhenResult((result) => isFailure(result as Exchange, breaker.state === CircuitState.HalfOpen)),
      {
        breaker: new SamplingBreaker({
          threshold: failureShare,
          duration: sampleMs,
          minimumRps: (sampleCallsMin * 1_000) / sampleMs,
        }),
        halfOpenAfter: new ExponentialBackoff({ initialDelay: openMs, maxDelay: openMsMax }),
      },
    );
    this.#breaker = breaker;
  }

  get state(): CircuitReport['state'] {
    switch (this.#breaker.state) {
      case CircuitState.Closed:
        return 'closed';
      case CircuitState.HalfOpen:
        return 'half-open';
      default:
        return 'open';
    }
  }

  /** @throws BrokenCircuitError when nothing may be sent now */
  async send(send: () => Promise<Exchange>): Promise<Exchange> {
    if (this.#breaker.state === CircuitState.HalfOpen) {
      // One call is trying already. The library would let this one wait for it, however long it hangs.
      throw new BrokenCircuitError();
    }
    return this.#breaker.execute(send);
  }
}

/** Whatever says that the provider is away. A 429 or a refusal says the opposite. */
function isFailure(result: Exchange, isProbe: boolean): boolean {
  if (result.kind === 'answered') {
    return result.status === 408 || result.status >= 500;
  }
  // A call that waited for a free connection all of its time says that others are slow, not that this one would be.
  const isOurDoing =
    result.reason === 'cancelled' ||
    result.reason === 'send-refused' ||
    (result.kind === 'notSent' && result.reason === 'call-timeout');
  return isProbe || !isOurDoing;
}

function toReason(error: unknown): LossReason {
  if (error instanceof BrokenCircuitError) {
    return 'circuit-open';
  }
  if (error instanceof BulkheadRejectedError) {
    return 'too-many-calls';
  }
  if (error instanceof TaskCancelledError) {
    return 'cancelled';
  }
  throw error;
}
