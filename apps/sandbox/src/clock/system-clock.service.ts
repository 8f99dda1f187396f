import { Clock } from './clock.service.ts';
import { MICROS_PER_MILLISECOND } from './micros.policy.ts';

/** setTimeout takes a signed 32-bit delay; a longer sleep is taken in pieces. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's wall clock, with the microseconds that Primer's dates show. */
export class SystemClock extends Clock {
  private lastMicros = 0;

  nowMicros(): number {
    const wallMicros = Date.now() * MICROS_PER_MILLISECOND + (Math.floor(performance.now() * 1_000) % 1_000);
    this.lastMicros = Math.max(wallMicros, this.lastMicros + 1);
    return this.lastMicros;
  }

  wakeAt(atMicros: number, wake: () => void): () => void {
    let timer: NodeJS.Timeout;
    const sleep = (): void => {
      const leftMs = Math.ceil((atMicros - this.nowMicros()) / MICROS_PER_MILLISECOND);
      if (leftMs > LONGEST_TIMER_MS) timer = setTimeout(sleep, LONGEST_TIMER_MS);
      else timer = setTimeout(wake, Math.max(leftMs, 0));
    };
    sleep();
    return () => clearTimeout(timer);
  }
}
