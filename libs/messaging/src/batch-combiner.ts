import { isRetriable, KnownError } from '@tollgate/contracts';
import type { BatchRunner } from './batch-runner.ts';
import { BATCH_BYTES_MAX, BATCH_RECORDS_MAX } from './messaging.config.ts';
import type { ParsedRecord } from './received-event.ts';

interface Job {
  readonly records: readonly ParsedRecord[];
  /** Records of a transaction that others may share with it. */
  readonly recordsMax: number;
  /** Set: nothing else of this process is handled meanwhile; false means that the record must not be handled. */
  readonly aloneAfter?: () => Promise<boolean>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets the batches of several partitions, which one fetch brings at the same moment, share a transaction. Should it
 * fail with poison, each partition's batch runs by itself, then in halves.
 */
export class BatchCombiner {
  #queue: Job[] = [];
  #running = 0;
  #exclusive = false;
  #scheduled = false;

  /** @param transactionsMax at a time */
  constructor(
    private readonly runner: BatchRunner,
    private readonly transactionsMax: number,
  ) {}

  /**
   * @param records of one partition
   * @param recordsMax of a transaction that others may share with these
   * @throws only what is retriable; nothing has happened then
   */
  submit(records: readonly ParsedRecord[], recordsMax = BATCH_RECORDS_MAX): Promise<void> {
    return this.#enqueue({ records, recordsMax });
  }

  /**
   * Handles one record while nothing else of this process is handled.
   * @param mayHandle asked right before; false dead-letters the record unhandled (RECORD_KILLS_PROCESS)
   * @throws only what is retriable
   */
  submitAlone(record: ParsedRecord, mayHandle: () => Promise<boolean>): Promise<void> {
    return this.#enqueue({ records: [record], recordsMax: 1, aloneAfter: mayHandle });
  }

  #enqueue(job: Omit<Job, 'resolve' | 'reject'>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...job, resolve, reject });
      this.#schedule();
    });
  }

  /** On the next turn of the event loop: the other partitions of the same fetch are in the queue by then. */
  #schedule(): void {
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#pump();
      });
    }
  }

  #pump(): void {
    while (this.#queue.length > 0 && !this.#exclusive && this.#running < this.transactionsMax) {
      if (isAlone(this.#queue[0]!) && this.#running > 0) {
        return;
      }
      const jobs = this.#take();
      this.#exclusive = isAlone(jobs[0]!);
      this.#running++;
      void this.#handle(jobs).finally(() => {
        this.#running--;
        this.#exclusive = false;
        this.#schedule();
      });
    }
  }

  #take(): Job[] {
    const first = this.#queue.shift()!;
    const jobs = [first];
    const left: Job[] = [];
    let count = first.records.length;
    let bytes = bytesOf(first);
    let { recordsMax } = first;
    for (const job of this.#queue) {
      const limit = Math.min(recordsMax, job.recordsMax);
      const fits = count + job.records.length <= limit && bytes + bytesOf(job) <= BATCH_BYTES_MAX;
      if (fits && mayShare(first, job)) {
        jobs.push(job);
        count += job.records.length;
        bytes += bytesOf(job);
        recordsMax = limit;
      } else {
        left.push(job);
      }
    }
    this.#queue = left;
    return jobs;
  }

  async #handle(jobs: Job[]): Promise<void> {
    if (jobs.length > 1) {
      try {
        await this.runner.attempt(jobs.flatMap((job) => job.records));
        jobs.forEach((job) => job.resolve());
        return;
      } catch (error) {
        if (isRetriable(error)) {
          jobs.forEach((job) => job.reject(error));
          return;
        }
      }
    }
    for (const job of jobs) {
      try {
        if (job.aloneAfter === undefined || (await job.aloneAfter())) {
          await this.runner.run(job.records);
        } else {
          await this.runner.bury(job.records[0]!, new KnownError('RECORD_KILLS_PROCESS'));
        }
        job.resolve();
      } catch (error) {
        job.reject(error);
      }
    }
  }
}

/**
 * Batches of one topic share; those of two do not: their handlers would take locks in two rounds, and two transactions
 * that do so can wait for each other in a circle.
 */
function mayShare(one: Job, other: Job): boolean {
  const topicOf = (job: Job) => job.records[0]!.raw.origin.topic;
  return !isAlone(one) && !isAlone(other) && topicOf(one) === topicOf(other);
}

function isAlone(job: Job): boolean {
  return job.aloneAfter !== undefined;
}

function bytesOf(job: Job): number {
  return job.records.reduce((sum, record) => sum + record.bytes, 0);
}
