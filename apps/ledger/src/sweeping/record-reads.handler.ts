import { Inject, Injectable } from '@nestjs/common';
import { isRetriable } from '@tollgate/contracts';
import { EventTransactions, type EventTransaction } from '@tollgate/messaging';
import { failpoint, GroupCommit, Log, Metrics } from '@tollgate/platform';
import { v7 as uuidV7 } from 'uuid';
import { toInstantUs } from '../books/instant.policy.ts';
import { hasRefundUnderWay, toRefunds } from '../books/refund.policy.ts';
import { toAmount, toCaptured, toDedupKey } from '../books/snapshot.policy.ts';
import { SWEEP_SETTINGS, type SweepSettings } from '../ledger.config.ts';
import { LedgerMetrics } from '../ledger.metrics.ts';
import { toKeyColumns } from '../posting/payment.repository.ts';
import { DeliveryRepository } from '../webhooks/delivery.repository.ts';
import type { Delivery } from '../webhooks/delivery.types.ts';
import { toReport } from '../webhooks/payment-report.event.ts';
import { toFailed } from './payment-reads.client.ts';
import { ReadBackRepository, type ClaimedRead, type FinishedRead } from './read-back.repository.ts';
import { toBackoffMs, toNextReadAt } from './read-back.policy.ts';
import type { ReadResult } from './read-result.types.ts';
import { findKnownEvidence } from './sql/find-known-evidence.sql.ts';

/** First pause after a failed read. */
const RETRY_FIRST_MS = 1_000;
/** The longest one while Primer is away: an outage must not be followed by an hour of silence. */
const OUTAGE_RETRY_MAX_MS = 30_000;

/** As many as are under way at most, and their second tries. */
const WAITING_MAX = 1_000;

/**
 * Stores what reads said and when to read next. Reads that end together share a transaction; one that cannot be stored
 * fails no other.
 */
@Injectable()
export class RecordReadsHandler {
  private readonly commits: GroupCommit<ReadResult, void>;

  constructor(
    private readonly transactions: EventTransactions,
    private readonly readBacks: ReadBackRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly metrics: LedgerMetrics,
    private readonly log: Log,
    @Inject(SWEEP_SETTINGS) private readonly settings: SweepSettings,
    platformMetrics: Metrics,
  ) {
    this.commits = new GroupCommit<ReadResult, void>({
      name: 'reads',
      maxBatch: settings.concurrency,
      maxWaiting: WAITING_MAX,
      concurrency: 1,
      metrics: platformMetrics,
      run: async (batch) => {
        await this.transactions.run((tx) => this.record(tx, batch));
        failpoint('sweep.after-commit');
        return batch.map(() => ({ ok: undefined }));
      },
    });
  }

  /** @throws KnownError a retriable one, when the database is away: the lease of the read runs out by itself */
  async handle(result: ReadResult): Promise<void> {
    try {
      await this.commits.submit(result);
    } catch (error) {
      if (isRetriable(error) || result.kind === 'failed') throw error;
      const { claim } = result;
      const { merchantId, paymentId } = claim;
      this.log.error('What a read said cannot be stored', { merchantId, paymentId, error });
      await this.handle(toFailed(claim, 'not-storable', { isOutage: false }));
      return;
    }
    this.metrics.reads.inc({ result: result.kind });
  }

  private async record(tx: EventTransaction, results: readonly ReadResult[]): Promise<void> {
    const found = results.filter((result) => result.kind === 'found');
    const known = await this.findKnown(tx, found);
    const receivedAt = new Date();
    const deliveries = found.map(({ claim, snapshot, raw }) => {
      const isKnown = known.has(toDedupKey(claim.merchantId, snapshot));
      return { snapshot, delivery: toDelivery(claim, receivedAt, isKnown ? undefined : raw) };
    });
    if (deliveries.length > 0) {
      await this.deliveries.keep(
        tx,
        deliveries.map(({ delivery }) => delivery),
      );
    }
    const news = deliveries.filter(({ delivery }) => delivery.verdict === 'REPORTED');
    tx.emit(...news.map(({ delivery, snapshot }) => toReport(delivery, snapshot)));
    await this.readBacks.finish(
      tx,
      results.map((result) => this.toFinished(result, receivedAt)),
    );
    failpoint('sweep.before-commit');
  }

  private async findKnown(tx: EventTransaction, found: ReadonlyArray<ReadResult & { kind: 'found' }>) {
    if (found.length === 0) return new Set<string>();
    const rows = await tx.query<{ dedup_key: string }>(findKnownEvidence, [
      ...toKeyColumns(found.map(({ claim }) => claim)),
      found.map(({ claim, snapshot }) => toDedupKey(claim.merchantId, snapshot)),
    ]);
    return new Set(rows.map((row) => row.dedup_key));
  }

  private toFinished(result: ReadResult, now: Date): FinishedRead {
    const { claim } = result;
    const { firstHeardAt, failedTries } = claim;
    if (result.kind === 'failed') {
      const backoffMs = toBackoffMs(failedTries + 1, RETRY_FIRST_MS);
      const ownPauseMs = result.isOutage ? Math.min(backoffMs, OUTAGE_RETRY_MAX_MS) : backoffMs;
      const pauseMs = Math.max(ownPauseMs, result.retryAfterMs);
      return { claim, nextReadAt: new Date(now.getTime() + pauseMs), hasFailed: true };
    }
    const snapshot = result.kind === 'found' ? result.snapshot : undefined;
    const changedAtUs = toInstantUs(snapshot?.dateUpdated);
    const state = {
      firstHeardAt,
      status: snapshot?.status,
      capturedMinor: snapshot === undefined ? 0n : (toCaptured(snapshot) ?? 0n),
      refundedMinor: toAmount(snapshot?.amountRefundedMinor) ?? 0n,
      isRefundUnderWay: snapshot !== undefined && hasRefundUnderWay(toRefunds(snapshot)),
      changedAt: changedAtUs === undefined ? firstHeardAt : new Date(Number(changedAtUs / 1000n)),
    };
    return { claim, nextReadAt: toNextReadAt(state, now, this.settings), hasFailed: false };
  }
}

/** @param news the provider's JSON; undefined for a read that says what is known */
function toDelivery({ merchantId, paymentId }: ClaimedRead, receivedAt: Date, news: unknown): Delivery {
  const read = { deliveryId: uuidV7(), merchantId, paymentId, origin: 'read', reportedAs: 'READ', receivedAt } as const;
  return news === undefined
    ? { ...read, verdict: 'UNCHANGED' }
    : { ...read, verdict: 'REPORTED', body: Buffer.from(JSON.stringify(news, bigintText)) };
}

/** JSON.stringify knows no bigint; in the stored text such an integer is a string of its digits. */
function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
