import { SandboxStore } from '../store/sandbox.store.ts';
import { Clock } from './clock.service.ts';

const OFFSET_SETTING = 'clockOffsetMicros';

interface Alarm {
  atMicros: number;
  readonly wake: () => void;
  cancel: () => void;
}

/**
 * A clock that runs as another one does, ahead of it by as much as it was moved. How far it is ahead belongs to the data
 * file, so a restart does not bring yesterday back.
 */
export class VirtualClock extends Clock {
  private readonly alarms = new Set<Alarm>();
  private offsetMicros: number;

  constructor(
    private readonly base: Clock,
    private readonly store: SandboxStore,
  ) {
    super();
    this.offsetMicros = Number(store.getOrCreateSetting(OFFSET_SETTING, () => '0'));
  }

  nowMicros(): number {
    return this.base.nowMicros() + this.offsetMicros;
  }

  wakeAt(atMicros: number, wake: () => void): () => void {
    const alarm: Alarm = { atMicros, wake, cancel: () => {} };
    this.alarms.add(alarm);
    this.arm(alarm);
    return () => {
      this.alarms.delete(alarm);
      alarm.cancel();
    };
  }

  /** How far it is ahead of the clock below it, in microseconds. */
  get aheadMicros(): number {
    return this.offsetMicros;
  }

  /** Moves on to a moment, and rings what it passes; a moment that has gone by changes nothing. */
  async moveTo(micros: number): Promise<void> {
    const leapMicros = micros - this.nowMicros();
    if (leapMicros > 0) await this.setAhead(this.offsetMicros + leapMicros);
  }

  /**
   * Back to the time of the clock below it. Only for a store that has nothing dated in it. Whoever waits, waits for as
   * long as before.
   */
  async moveBack(): Promise<void> {
    for (const alarm of this.alarms) alarm.atMicros -= this.offsetMicros;
    await this.setAhead(0);
  }

  private async setAhead(offsetMicros: number): Promise<void> {
    await this.store.transaction(() => this.store.writeSetting(OFFSET_SETTING, String(offsetMicros)));
    this.offsetMicros = offsetMicros;
    for (const alarm of this.alarms) {
      alarm.cancel();
      this.arm(alarm);
    }
  }

  private arm(alarm: Alarm): void {
    alarm.cancel = this.base.wakeAt(alarm.atMicros - this.offsetMicros, () => {
      this.alarms.delete(alarm);
      alarm.wake();
    });
  }
}
