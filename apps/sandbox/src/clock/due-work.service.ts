import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import { MICROS_PER_SECOND } from './micros.policy.ts';
import { VirtualClock } from './virtual-clock.service.ts';

/** Something that falls due by the emulator's clock: a settlement, a webhook. What is due stands in the store. */
export interface DueWork {
  /**
   * When the earliest of it falls due, in microseconds since 1970; nothing when none waits.
   * @param afterMicros only of what falls due later than this
   */
  nextDueMicros(afterMicros?: number): number | undefined;
  /** Does all that is due at this call, and resolves when it is done, whatever falls due meanwhile. */
  runDue(): Promise<void>;
  /** True for work that wakes itself; other work is woken by the registry. */
  readonly keepsOwnTime?: boolean;
}

/** How long work that failed is left alone. */
const PAUSE_AFTER_FAILURE_MICROS = MICROS_PER_SECOND;

/**
 * What comes of work at one moment, a webhook of a settlement, is done before time moves on, so often at most: under
 * traffic there is always something more.
 */
const LOOKS_AT_A_MOMENT_MAX = 20;

/**
 * Everything that falls due, in one place, so that moving the clock moves all of it: in the order of time, each at the
 * moment it was due.
 */
@Injectable()
export class DueWorkRegistry implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly works: DueWork[] = [];
  private turn: Promise<void> = Promise.resolve();
  private passPlanned = false;
  private stopping = false;
  private cancelAlarm = (): void => {};

  constructor(
    private readonly clock: VirtualClock,
    private readonly log: Log,
  ) {}

  /** Takes work in; called once by each kind of work, before the service listens. */
  register(work: DueWork): void {
    this.works.push(work);
  }

  onApplicationBootstrap(): void {
    this.nudge();
  }

  /** Looks soon for what is due: to be called when work was added. Calls that come together share one look. */
  nudge(): void {
    if (this.passPlanned || this.stopping) return;
    this.passPlanned = true;
    setImmediate(() => {
      this.passPlanned = false;
      void this.inTurn(() => this.runOverdue());
    });
  }

  /**
   * Moves the clock on and does whatever falls due on the way, each at its own moment; resolves when all of it is done.
   * One advance at a time.
   */
  async advance(advanceMicros: number): Promise<void> {
    await this.inTurn(() => this.advanceInTurn(advanceMicros));
  }

  /** Runs something while nothing falls due and the clock is not moved. */
  async alone(run: () => Promise<void>): Promise<void> {
    await this.inTurn(run);
    this.nudge();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.cancelAlarm();
    await this.turn;
  }

  private async inTurn(run: () => Promise<void>): Promise<void> {
    const mine = this.turn.then(run);
    this.turn = mine.catch(() => {});
    await mine;
  }

  private async advanceInTurn(advanceMicros: number): Promise<void> {
    // What is under way ends at its own time and not at a later one.
    let doneMicros = await this.runAll();
    const targetMicros = this.clock.nowMicros() + advanceMicros;
    for (let looks = 1; ;) {
      if (this.stopping) return;
      const nextMicros = this.nextDueMicros(looks < LOOKS_AT_A_MOMENT_MAX ? doneMicros : this.clock.nowMicros());
      if (nextMicros > targetMicros) break;
      looks = nextMicros > this.clock.nowMicros() ? 1 : looks + 1;
      await this.clock.moveTo(nextMicros);
      doneMicros = await this.runAll();
    }
    await this.clock.moveTo(targetMicros);
    this.nudge();
  }

  /** Does all that is due now, of every kind, in the order of time. @returns the moment by which it was due */
  private async runAll(): Promise<number> {
    const nowMicros = this.clock.nowMicros();
    const due = this.works
      .map((work) => ({ work, dueMicros: work.nextDueMicros() ?? Infinity }))
      // Work that wakes itself may have begun already; it is waited for.
      .filter(({ work, dueMicros }) => work.keepsOwnTime === true || dueMicros <= nowMicros)
      .toSorted((one, other) => (one.dueMicros < other.dueMicros ? -1 : 1));
    for (const { work } of due) await work.runDue();
    return nowMicros;
  }

  private nextDueMicros(afterMicros: number): number {
    return Math.min(...this.works.map((work) => work.nextDueMicros(afterMicros) ?? Infinity));
  }

  private async runOverdue(): Promise<void> {
    if (this.stopping) return;
    const timed = this.works.filter(({ keepsOwnTime }) => keepsOwnTime !== true);
    let failed = false;
    for (const work of timed) {
      try {
        if ((work.nextDueMicros() ?? Infinity) <= this.clock.nowMicros()) await work.runDue();
      } catch (error) {
        failed = true;
        this.log.error('What fell due could not be done', { error });
      }
    }
    this.cancelAlarm();
    const nextMicros = Math.min(...timed.map((work) => work.nextDueMicros() ?? Infinity));
    if (nextMicros === Infinity || this.stopping) return;
    const notBefore = failed ? this.clock.nowMicros() + PAUSE_AFTER_FAILURE_MICROS : 0;
    this.cancelAlarm = this.clock.wakeAt(Math.max(nextMicros, notBefore), () => this.nudge());
  }
}
