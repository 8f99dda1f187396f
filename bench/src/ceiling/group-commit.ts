/** Items of one transaction at most, and transactions at a time: the second fills while the first waits for the disk. */
const BATCH_MAX = 200;
const CONCURRENCY = 2;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Lets what arrives together share a transaction; each is told after the commit. */
export class GroupCommit<Item, Result = void> {
  private waiting: Waiting<Item, Result>[] = [];
  private running = 0;
  private isScheduled = false;

  /** @param run commits all items and returns a result for each */
  constructor(private readonly run: (items: Item[]) => Promise<Result[]>) {}

  submit(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  /** On the next turn of the event loop: what came in with the same read is there by then. */
  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      while (this.waiting.length > 0 && this.running < CONCURRENCY) void this.commit(this.waiting.splice(0, BATCH_MAX));
    });
  }

  private async commit(batch: Waiting<Item, Result>[]): Promise<void> {
    this.running += 1;
    try {
      const results = await this.run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      batch.forEach(({ reject }) => reject(error));
    } finally {
      this.running -= 1;
      if (this.waiting.length > 0) this.schedule();
    }
  }
}
