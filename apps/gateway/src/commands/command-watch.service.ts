import { Injectable } from '@nestjs/common';
import { ServiceLifetime } from '@tollgate/platform';
import { CommandRepository, toCommandKeyText } from './command.repository.ts';
import type { Command, CommandKey } from './command.types.ts';

/** Requests that may wait on this instance; one more is answered as things stand. */
const WAITERS_MAX = 500;
/** Another instance may carry the command out, so the row is looked at this often. Milliseconds. */
const LOOK_MS = 1_000;

/** One request that waits. Woken before it sleeps, it does not sleep. */
class Waiter {
  #isWoken = false;
  #wake: () => void = () => undefined;

  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  async sleep(lengthMs: number): Promise<void> {
    if (this.#isWoken) {
      return;
    }
    const woken = Promise.withResolvers<void>();
    this.#wake = () => woken.resolve();
    const timer = setTimeout(this.#wake, Math.max(0, lengthMs));
    await woken.promise;
    clearTimeout(timer);
  }
}

/** Who waits for the end of which command, on this instance. */
@Injectable()
export class CommandWatch {
  readonly #waiting = new Map<string, Set<Waiter>>();
  #count = 0;

  constructor(
    private readonly commands: CommandRepository,
    private readonly lifetime: ServiceLifetime,
  ) {}

  /** Called wherever a step of a command is recorded that somebody may wait for. */
  tell(key: CommandKey): void {
    this.#waiting.get(toCommandKeyText(key))?.forEach((waiter) => waiter.wake());
  }

  /**
   * Waits until the command is as far as is asked, the time is over, the caller has gone or the service stops.
   * @returns the command as it is then
   */
  async wait(
    command: Command,
    options: { waitMs: number; gone: AbortSignal; until: (command: Command) => boolean },
  ): Promise<Command> {
    if (options.until(command) || this.#count >= WAITERS_MAX) {
      return command;
    }
    const waiter = new Waiter();
    const leave = this.#enter(toCommandKeyText(command), waiter);
    const over = AbortSignal.any([options.gone, this.lifetime.stopping]);
    const wake = (): void => waiter.wake();
    over.addEventListener('abort', wake, { once: true });
    const endsAtMs = performance.now() + options.waitMs;
    try {
      for (;;) {
        // Read after entering: an end that is recorded in between wakes whoever has entered.
        const latest = (await this.commands.find(command))?.command ?? command;
        const leftMs = endsAtMs - performance.now();
        if (options.until(latest) || leftMs <= 0 || over.aborted) {
          return latest;
        }
        await waiter.sleep(Math.min(LOOK_MS, leftMs));
      }
    } finally {
      over.removeEventListener('abort', wake);
      leave();
    }
  }

  #enter(text: string, waiter: Waiter): () => void {
    const waiters = this.#waiting.get(text) ?? new Set();
    this.#waiting.set(text, waiters.add(waiter));
    this.#count += 1;
    return () => {
      this.#count -= 1;
      waiters.delete(waiter);
      if (waiters.size === 0 && this.#waiting.get(text) === waiters) {
        this.#waiting.delete(text);
      }
    };
  }
}
