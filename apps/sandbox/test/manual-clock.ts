import { Clock } from '../src/clock/clock.service.ts';

/** A clock that stands still until it is moved. Moving it wakes everything that falls due on the way. */
export class ManualClock extends Clock {
  private readonly alarms = new Set<{ readonly atMicros: number; readonly wake: () => void }>();

  constructor(private micros = 1_795_200_000_000_000) {
    super();
  }

  /** Even a clock that stands still gives no two changes the same date. */
  nowMicros(): number {
    this.micros += 1;
    return this.micros;
  }

  wakeAt(atMicros: number, wake: () => void): () => void {
    const alarm = { atMicros, wake };
    this.alarms.add(alarm);
    this.ring();
    return () => this.alarms.delete(alarm);
  }

  advance(milliseconds: number): void {
    this.micros += milliseconds * 1_000;
    this.ring();
  }

  private ring(): void {
    for (const alarm of [...this.alarms].filter(({ atMicros }) => atMicros <= this.micros)) {
      this.alarms.delete(alarm);
      alarm.wake();
    }
  }
}
