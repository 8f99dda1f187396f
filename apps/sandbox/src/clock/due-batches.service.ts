import type { SandboxStore } from '../store/sandbox.store.ts';
import type { Clock } from './clock.service.ts';
import type { DueWork } from './due-work.service.ts';

/** So many pieces share a transaction: it holds the event loop for a few milliseconds. */
const BATCH_MAX = 100;

/** Work whose pieces stand in a table of the store. */
export interface DueTable {
  /** When the earliest piece falls due after that moment, in microseconds; nothing when none waits. */
  findNextDueMicros(afterMicros: number | undefined): number | undefined;
  /**
   * Takes pieces that are due by then, `limit` at most, and does them, in the transaction that it is called in.
   * @returns how many there were
   */
  doDue(byMicros: number, limit: number): number;
}

/** Does what stands in a table when it falls due: batch after batch, each in a transaction of its own. */
export class DueBatches implements DueWork {
  constructor(
    private readonly store: SandboxStore,
    private readonly clock: Clock,
    private readonly table: DueTable,
  ) {}

  nextDueMicros(afterMicros?: number): number | undefined {
    return this.table.findNextDueMicros(afterMicros);
  }

  async runDue(): Promise<void> {
    const byMicros = this.clock.nowMicros();
    let done = BATCH_MAX;
    while (done === BATCH_MAX) done = await this.store.transaction(() => this.table.doDue(byMicros, BATCH_MAX));
  }
}
