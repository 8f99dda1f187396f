import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** Tells the job that leases due actions when the next one is due, so that it need not ask the database often. */
@Injectable()
export class DueBell implements OnModuleDestroy {
  #listener: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ringsAtMs = Number.POSITIVE_INFINITY;

  /** @param listener called when something is due; there is one */
  listen(listener: () => void): void {
    this.#listener = listener;
  }

  /** Rings after this time, or earlier if that is asked for elsewhere. */
  ringIn(delayMs: number): void {
    const atMs = performance.now() + Math.max(0, delayMs);
    if (atMs >= this.#ringsAtMs) {
      return;
    }
    this.#ringsAtMs = atMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#ringsAtMs = Number.POSITIVE_INFINITY;
      this.#listener?.();
    }, delayMs);
  }

  onModuleDestroy(): void {
    clearTimeout(this.#timer);
    this.#listener = undefined;
  }
}
