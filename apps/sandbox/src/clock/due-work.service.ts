import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import { MICROS_PER_SECOND } from './micros.policy.ts';
import { VirtualClock } from './virtual-clock.service.ts';

/** Something that falls due by the emulator's clock: a settlement, a webhook. What is due stands in the store. */
export interface DueWork {
  /** When the earliest of it falls due, in microseconds since 1970; nothing when none waits. */
  nextDueMicros(): number | undefined;
  /** Does all that is due by now and resolves when it is done. */
  runDue(): Promise<void>;
  /** True for work that wakes itself; other work is woken by the registry. */
  readonly keepsOwnTime?: boolean;
}

/** How long work that failed is left alone. */
const PAUSE_AFTER_FAILURE_MICROS = MICROS_PER_SECOND;

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
    for (const work of this.works) await work.runDue();
    const targetMicros = this.clock.nowMicros() + advanceMicros;
    for (let next = this.earliest(); next && next.dueMicros <= targetMicros; next = this.earliest()) {
      if (this.stopping) return;
      await this.clock.moveTo(next.dueMicros);
      await next.work.runDue();
    }
    await this.clock.moveTo(targetMicros);
    this.nudge();
  }

  private earliest(): { readonly work: DueWork; readonly dueMicros: number } | undefined {
    let earliest: { work: DueWork; dueMicros: number } | undefined;
    for (const work of this.works) {
      const dueMicros = work.nextDueMicros();
      if (dueMicros !== undefined && (!earliest || dueMicros < earliest.dueMicros)) earliest = { work, dueMicros };
    }
    return earliest;
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
