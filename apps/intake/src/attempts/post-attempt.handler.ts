import { Injectable } from '@nestjs/common';
import { KnownError, type PostAttemptBody, toAttemptIdentity } from '@tollgate/contracts';
import { EventTransactions } from '@tollgate/messaging';
import { currentTraceparent, failpoint, GroupCommit, type GroupResult, Metrics } from '@tollgate/platform';
import { IntakeOptions } from '../intake-options.types.ts';
import { type AttemptPoster, toTokenisedData } from './announced-attempt.policy.ts';
import { toFieldErrors } from './attempt-identity.policy.ts';
import { AttemptMetrics } from './attempt-metrics.service.ts';
import type { Attempt } from './attempt.types.ts';
import { type Receipt, ReceiveAttemptsHandler } from './receive-attempts.handler.ts';

/** Receipts that share one transaction at most. */
const BATCH_MAX = 200;
/** Receipts that wait for a commit before further ones are asked to come back. */
const WAITING_MAX = 5_000;
/** Commits under way at the same time; the rest of the pool is left to consumers and reads. */
const CONCURRENCY = 3;
/** Tries of a batch that crosses another transaction (a deadlock, the same attempt on two instances). */
const TRIES_MAX = 4;

/** Takes one attempt from a shop's back end. Requests that arrive together share a transaction. */
@Injectable()
export class PostAttemptHandler {
  readonly #commits: GroupCommit<Receipt, Attempt>;

  constructor(
    private readonly receiver: ReceiveAttemptsHandler,
    private readonly transactions: EventTransactions,
    private readonly options: IntakeOptions,
    private readonly attemptMetrics: AttemptMetrics,
    metrics: Metrics,
  ) {
    this.#commits = new GroupCommit<Receipt, Attempt>({
      name: 'attempts',
      maxBatch: BATCH_MAX,
      maxWaiting: WAITING_MAX,
      concurrency: CONCURRENCY,
      metrics,
      run: (batch) => this.#run(batch),
    });
  }

  /**
   * Resolves after the commit that stores the attempt, or notes that it was seen again.
   * @throws KnownError ATTEMPT_CONFLICT when the attempt is known with another identity; OVERLOADED;
   *   DATABASE_UNAVAILABLE
   */
  post(body: PostAttemptBody, poster: AttemptPoster): Promise<Attempt> {
    const announcement = toTokenisedData(body, poster, this.options.tokenHashKey, this.options.personal);
    const { analyticsId } = announcement.paymentMethod;
    const { customerId } = announcement.order;
    const { decideWithinSeconds } = body;
    const traceparent = currentTraceparent();
    return this.#commits.submit({
      announced: {
        identity: toAttemptIdentity(announcement),
        paymentAttemptId: announcement.paymentAttemptId,
        ...(analyticsId === undefined ? {} : { analyticsId }),
        ...(customerId === undefined ? {} : { customerId }),
        ...(typeof decideWithinSeconds === 'number' ? { decideByMs: decideWithinSeconds * 1000 } : {}),
      },
      source: 'shop',
      announcement,
      ...(traceparent === undefined ? {} : { traceparent }),
    });
  }

  async #run(batch: readonly Receipt[]): Promise<ReadonlyArray<GroupResult<Attempt>>> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#commit(batch);
      } catch (error) {
        const mayTryAgain = error instanceof KnownError && error.code === 'DATABASE_CONFLICT' && tries < TRIES_MAX;
        if (!mayTryAgain) {
          throw error;
        }
      }
    }
  }

  async #commit(batch: readonly Receipt[]): Promise<ReadonlyArray<GroupResult<Attempt>>> {
    const results = await this.transactions.run(async (tx) => {
      const received = await this.receiver.receive(tx, batch);
      failpoint('post.before-commit');
      return received;
    });
    failpoint('post.after-commit');
    return results.map((result) => {
      this.attemptMetrics.received.inc({ way: 'http', result: result.kind });
      return result.kind === 'conflict'
        ? { error: new KnownError('ATTEMPT_CONFLICT', { facts: { errors: toFieldErrors(result.fields) } }) }
        : { ok: result.attempt };
    });
  }
}
