import { KnownError } from '@tollgate/contracts';
import type { Metrics } from '../metrics/metrics.ts';
import { runOutsideTrace } from '../trace/correlation.ts';

/** What became of one request of a batch. */
export type GroupResult<Result> = { readonly ok: Result } | { readonly error: Error };

export interface GroupCommitOptions<Request, Result> {
  /** Shown in metrics and in the errors of this class. */
  readonly name: string;
  /** Requests that share one commit at most. */
  readonly maxBatch: number;
  /** Requests that may wait for a commit; one more is refused as OVERLOADED. */
  readonly maxWaiting: number;
  /** Commits under way at the same time. */
  readonly concurrency: number;
  /**
   * Carries the batch out in one transaction. Resolves, after the commit, with one result for each request in the
   * batch's order: `error` fails that request alone. Rejects if the transaction was rolled back as a whole.
   * Runs outside any trace: a request that must keep its own carries its `traceparent` in itself.
   */
  readonly run: (batch: Request[]) => Promise<ReadonlyArray<GroupResult<Result>>>;
  readonly metrics?: Metrics;
}

interface Waiting<Request, Result> {
  readonly request: Request;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Clients are told to come back after this time when too many wait. */
const RETRY_AFTER_SECONDS = 1;

/**
 * Lets requests that arrive together share one transaction, and each answer wait for its commit (group commit, as
 * databases do with their logs: DeWitt et al., "Implementation Techniques for Main Memory Database Systems", 1984).
 * A request starts a commit at once when a slot is free; what arrives while all slots are busy shares the next one,
 * so batches grow with the load and cost no waiting time without it.
 *
 * A batch that fails as a whole is carried out again in halves until the culprit is alone: one bad request never
 * fails its neighbours. Only a database that is away fails all of them at once.
 */
export class GroupCommit<Request, Result> {
  private readonly queue: Array<Waiting<Request, Result>> = [];
  private readonly idleListeners: Array<() => void> = [];
  private running = 0;
  private scheduled = false;
  private readonly onBatch: (size: number) => void;

  constructor(private readonly options: GroupCommitOptions<Request, Result>) {
    const { name, metrics } = options;
    const sizes = metrics?.histogram({
      name: 'group_commit_batch_size',
      help: 'Requests that shared one commit',
      labelNames: ['name'],
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    });
    this.onBatch = (size) => sizes?.observe({ name }, size);
  }

  /**
   * Resolves once the request's own commit is durable.
   * @throws KnownError OVERLOADED when `maxWaiting` requests wait already; else what failed this request
   */
  submit(request: Request): Promise<Result> {
    if (this.queue.length >= this.options.maxWaiting) {
      return Promise.reject(
        new KnownError('OVERLOADED', { facts: { name: this.options.name, retryAfterSeconds: RETRY_AFTER_SECONDS } }),
      );
    }
    return new Promise<Result>((resolve, reject) => {
      this.queue.push({ request, resolve, reject });
      this.schedule();
    });
  }

  /** Resolves when nothing waits and nothing is under way: before the database is closed. */
  async idle(): Promise<void> {
    if (this.running > 0 || this.queue.length > 0) {
      await new Promise<void>((resolve) => {
        this.idleListeners.push(resolve);
      });
    }
  }

  /** Starts after the I/O events at hand, so that requests read in one turn of the event loop share a commit. */
  private schedule(): void {
    if (!this.scheduled && this.running < this.options.concurrency) {
      this.scheduled = true;
      runOutsideTrace(() =>
        setImmediate(() => {
          this.scheduled = false;
          this.startBatches();
        }),
      );
    }
  }

  private startBatches(): void {
    while (this.running < this.options.concurrency && this.queue.length > 0) {
      const batch = this.queue.splice(0, this.options.maxBatch);
      this.running += 1;
      void this.carryOut(batch).finally(() => {
        this.running -= 1;
        this.startBatches();
      });
    }
    if (this.running === 0 && this.queue.length === 0) {
      this.idleListeners.splice(0).forEach((listener) => listener());
    }
  }

  /** Settles every request of the batch; never rejects. */
  private async carryOut(batch: ReadonlyArray<Waiting<Request, Result>>): Promise<void> {
    this.onBatch(batch.length);
    let results: ReadonlyArray<GroupResult<Result>>;
    try {
      results = await this.options.run(batch.map(({ request }) => request));
    } catch (error) {
      await this.carryOutInHalves(batch, error);
      return;
    }
    if (results.length !== batch.length) {
      // The commit may have happened: doing it again could do it twice, and nobody's result is known.
      const error = new KnownError('INTERNAL', {
        detail: `${this.options.name} answered for another number of requests`,
      });
      batch.forEach(({ reject }) => reject(error));
      return;
    }
    batch.forEach(({ resolve, reject }, index) => {
      const result = results[index] as GroupResult<Result>;
      if ('error' in result) {
        reject(result.error);
      } else {
        resolve(result.ok);
      }
    });
  }

  private async carryOutInHalves(batch: ReadonlyArray<Waiting<Request, Result>>, error: unknown): Promise<void> {
    if (batch.length === 1 || isNobodysFault(error)) {
      batch.forEach(({ reject }) => reject(error));
      return;
    }
    const middle = Math.ceil(batch.length / 2);
    await this.carryOut(batch.slice(0, middle));
    await this.carryOut(batch.slice(middle));
  }
}

/** Trying the parts of a batch against a database that is away would only keep their callers waiting. */
function isNobodysFault(error: unknown): boolean {
  return error instanceof KnownError && error.code === 'DATABASE_UNAVAILABLE';
}
