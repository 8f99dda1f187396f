import {
  APPS,
  checkInvariants,
  countDuplicateEffects,
  eventually,
  integrityRun,
  readTopics,
  reportFault,
  startTraffic,
} from '@tollgate/testing';
import type { Accepted, FaultReport, Random, Stack, Story, Violation } from '@tollgate/testing';

import { countAbsorbed } from './absorbed-duplicates.ts';

/** Checkouts under way at once: enough that every fault hits work in hand, and the checker still has an end. */
const CONCURRENCY = 6;
/** A chain that tells no shop its outcome for so long does not resume by itself. Milliseconds. */
const RESUME_TIMEOUT_MS = 60_000;

/**
 * Settings under which a stack has nothing left to do soon after its traffic ends: otherwise the provider is asked about
 * each unknown outcome for minutes, and every payment is read back, and reported, a minute after it was first heard of.
 */
export const SOON_QUIET = {
  gateway: { GATEWAY_NONE_COUNTS_AFTER_MS: '10000' },
  ledger: { SWEEP_EARLY_READS_MS: '2000,600000' },
};

/** One class of faults, done to a stack while checkouts flow. */
export interface Faults {
  faultClass: FaultReport['faultClass'];
  scenario: string;
  /** Checkouts under way at once; 0 where the faults need quiet. */
  concurrency?: number;
  /** Does them and resolves to how many there were. */
  inject: (course: Course) => Promise<number>;
  /** What the report shall say besides, asked for in the end. */
  notes?: () => readonly string[];
}

/** What a fault's author can lean on while it happens. */
export interface Course {
  random: Random;
  /**
   * Resolves when so many more shops were told their outcome, which takes the whole chain: the measure of time between
   * two faults. @throws Error when the chain does not resume
   */
  flow: (outcomes: number) => Promise<void>;
  /** What the fault's author made on the side: attempts that count as accepted, records that must become dead letters. */
  remember: (own: OwnMakings) => void;
}

/** Made by a test, not by the traffic. */
export interface OwnMakings {
  accepted?: readonly Accepted[];
  deadLetters?: NonNullable<Story['expectedDeadLetters']>;
}

/** A stack with checkouts flowing through it whenever faults are done to it. What was accepted is remembered to the end. */
export class LoadedStack {
  readonly #accepted: Accepted[] = [];
  readonly #deadLetters: NonNullable<Story['expectedDeadLetters']>[number][] = [];

  constructor(readonly stack: Stack) {}

  /**
   * Injects faults under load, lets the traffic end and checks every promise, with a minute for what is left over.
   * @returns the broken promises; none is what a test expects
   */
  async survive(faults: Faults): Promise<Violation[]> {
    const { faultClass, scenario, concurrency = CONCURRENCY, inject, notes = () => [] } = faults;
    const startedAt = performance.now();
    const run = integrityRun();
    const absorbed = countAbsorbed(this.stack);
    // Two streams of choices: how fast the traffic draws must not change which faults are chosen.
    const traffic = startTraffic(this.stack, { random: run.random(`traffic of ${scenario}`), concurrency });
    const random = run.random(`${faultClass} ${scenario}`);
    const flow = (outcomes: number): Promise<void> => flowOf(() => traffic.accepted, outcomes);
    let injected: number;
    try {
      await flow(concurrency);
      injected = await inject({ random, flow, remember: (own) => this.#remember(own) });
      await flow(concurrency);
      await traffic.stop();
    } catch (error) {
      // Nobody waits for the rest of the traffic: what stopped the chain is the news.
      void traffic.stop().catch(() => undefined);
      throw new Error(`${String(error)}${this.#obituaries()}`, { cause: error });
    } finally {
      this.#accepted.push(...traffic.accepted);
    }
    const violations = await checkInvariants(this.stack, {
      accepted: this.#accepted,
      expectedDeadLetters: this.#deadLetters,
    });
    reportFault({
      faultClass,
      scenario,
      injected,
      checkouts: traffic.accepted.length,
      duplicateExecutions: await absorbed.stop(),
      duplicateEffects: await countDuplicateEffects(this.stack),
      violations,
      seconds: (performance.now() - startedAt) / 1_000,
      notes: [
        ...notes(),
        `records that lie on their topic more than once, so far: ${await countRepublished(this.stack)}`,
      ],
    });
    return violations;
  }

  /** Services that run no more, though every fault starts again what it ends, and their last words. */
  #obituaries(): string {
    const dead = this.stack.instances(APPS).filter(({ isRunning }) => !isRunning);
    return dead.map((service) => `\n${service.app} has ended:\n${service.logTail()}`).join('');
  }

  #remember({ accepted = [], deadLetters = [] }: OwnMakings): void {
    this.#accepted.push(...accepted);
    this.#deadLetters.push(...deadLetters);
  }
}

async function flowOf(accepted: () => readonly Accepted[], outcomes: number): Promise<void> {
  const told = (): number => accepted().filter(({ toldOutcome }) => toldOutcome !== undefined).length;
  const wanted = told() + outcomes;
  while (told() < wanted) {
    const before = told();
    await eventually(
      () => {
        if (told() === before) throw new Error(`${wanted - before} of ${outcomes} outcomes are missing`);
      },
      { timeoutMs: RESUME_TIMEOUT_MS },
    );
  }
}

async function countRepublished({ topics }: Stack): Promise<number> {
  const records = await readTopics(topics.brokers, `${topics.prefix}.`);
  const ids = records.map(({ topic, headers }) => `${topic} ${headers.ce_source ?? ''} ${headers.ce_id ?? ''}`);
  return ids.length - new Set(ids).size;
}
