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
import { CALL_GROUPS, type CallGroup } from './primer-call.types.ts';

/** How much of one merchant's traffic is let through, and when it is held back. */
export interface CircuitOptions {
  /**
   * Calls of one merchant under way at once, for each group of calls; more of them wait. Together they are to be fewer
   * than the connections: a merchant whose calls all hang must leave some to the others.
   */
  readonly callsMax: Readonly<Record<CallGroup, number>>;
  /** Calls of one merchant and group that wait; more of them are `notSent`. */
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
  callsMax: { attempts: 48, payments: 16, reads: 24, sessions: 8 },
  callsWaitingMax: 1_000,
  failureShare: 0.5,
  sampleMs: 10_000,
  sampleCallsMin: 10,
  openMs: 1_000,
  openMsMax: 8_000,
};

/** One circuit of a merchant, for metrics and operators. */
export interface CircuitReport {
  readonly group: CallGroup;
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
  readonly group: CallGroup;
  /** For waiting as well. Milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** @param timeoutMs what waiting has left of it */
  readonly send: (timeoutMs: number) => Promise<Exchange>;
}

/** So many circuits are kept, those of 10,000 callers; beyond it, idle ones are forgotten. */
const CIRCUITS_MAX = 10_000 * CALL_GROUPS.length;

/**
 * A limit of calls under way and a circuit breaker for each merchant and group of calls: one merchant's trouble is no
 * other's, and what is wrong with one group holds no other back.
 */
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

  /** Of the merchant that calls named; undefined while there was none of the group. */
  reportOf(merchantId: string, group: CallGroup): CircuitReport | undefined {
    const circuit = this.#circuits.get(toName({ merchantId, apiKey: '', group }));
    return circuit === undefined ? undefined : this.#toReport(circuit);
  }

  #toReport(circuit: Circuit): CircuitReport {
    const { merchantId, group, state } = circuit;
    return {
      ...{ merchantId, group, state },
      callsInHand: this.#options.callsMax[group] - circuit.slots.executionSlots,
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

  #findOrMake(passage: Passage): Circuit {
    const name = toName(passage);
    const known = this.#circuits.get(name);
    if (known !== undefined) {
      return known;
    }
    if (this.#circuits.size >= CIRCUITS_MAX) {
      this.#forgetOneIdle();
    }
    const circuit = new Circuit(passage.merchantId, passage.group, this.#options);
    this.#circuits.set(name, circuit);
    return circuit;
  }

  #forgetOneIdle(): void {
    for (const [name, circuit] of this.#circuits) {
      const isIdle = circuit.slots.executionSlots === this.#options.callsMax[circuit.group];
      if (isIdle && circuit.state === 'closed') {
        this.#circuits.delete(name);
        return;
      }
    }
  }
}

function toName({ merchantId, apiKey, group }: Pick<Passage, 'merchantId' | 'apiKey' | 'group'>): string {
  return merchantId === undefined ? `${group} of key ${apiKey}` : `${group} of merchant ${merchantId}`;
}

class Circuit {
  readonly slots: BulkheadPolicy;
  readonly #breaker: CircuitBreakerPolicy;

  constructor(
    readonly merchantId: string | undefined,
    readonly group: CallGroup,
    options: CircuitOptions,
  ) {
    const { callsMax, callsWaitingMax, failureShare, sampleMs, sampleCallsMin, openMs, openMsMax } = options;
    this.slots = bulkhead(callsMax[group], callsWaitingMax);
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
