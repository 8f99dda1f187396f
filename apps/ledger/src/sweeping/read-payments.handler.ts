import { Inject, Injectable } from '@nestjs/common';
import { paymentSnapshot, type PaymentSnapshot } from '@tollgate/contracts';
import { EventTransactions, type EventTransaction } from '@tollgate/messaging';
import { Database, MerchantDirectory } from '@tollgate/persistence';
import { Log } from '@tollgate/platform';
import { PrimerClient } from '@tollgate/primer-client';
import { v7 as uuidV7 } from 'uuid';
import { toInstantUs } from '../books/instant.policy.ts';
import { toAmount, toCaptured, toDedupKey } from '../books/snapshot.policy.ts';
import { SWEEP_SETTINGS, type SweepSettings } from '../ledger.config.ts';
import { LedgerMetrics } from '../ledger.metrics.ts';
import { toKeyColumns } from '../posting/payment.repository.ts';
import { DeliveryRepository } from '../webhooks/delivery.repository.ts';
import type { Delivery } from '../webhooks/delivery.types.ts';
import { toReport } from '../webhooks/payment-report.event.ts';
import { MerchantPauses } from './merchant-pauses.service.ts';
import { ReadBackRepository, type ClaimedRead, type FinishedRead } from './read-back.repository.ts';
import { toBackoffMs, toNextReadAt } from './read-back.policy.ts';
import { findKnownEvidence } from './sql/find-known-evidence.sql.ts';

/** What came of one read. `missing` is an answer too: the provider does not show the payment. */
type ReadResult =
  | { readonly kind: 'found'; readonly claim: ClaimedRead; readonly snapshot: PaymentSnapshot; readonly raw: unknown }
  | { readonly kind: 'missing'; readonly claim: ClaimedRead }
  | { readonly kind: 'failed'; readonly claim: ClaimedRead; readonly reason: string; readonly retryAfterMs: number };

/** First pause after a failed read, and the longest one: an outage must not be followed by an hour of silence. */
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 30_000;

/**
 * Reads back the payments that are due: claims them by lease, calls Primer outside of any transaction, then stores what
 * the reads said and when to read next in one transaction. Several instances share the work.
 */
@Injectable()
export class ReadPaymentsHandler {
  private readonly pauses = new MerchantPauses();

  constructor(
    private readonly database: Database,
    private readonly transactions: EventTransactions,
    private readonly merchants: MerchantDirectory,
    private readonly primer: PrimerClient,
    private readonly readBacks: ReadBackRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly metrics: LedgerMetrics,
    private readonly log: Log,
    @Inject(SWEEP_SETTINGS) private readonly settings: SweepSettings,
  ) {}

  /** @returns how many payments were taken; the most there can be means that more are waiting */
  async handle(signal: AbortSignal): Promise<number> {
    const leaseId = uuidV7();
    const paused = this.pauses.pausedAt(Date.now());
    const claims = await this.database.transaction((tx) => this.readBacks.claim(tx, leaseId, paused));
    if (claims.length === 0) return 0;
    const results = await Promise.all(claims.map((claim) => this.read(claim, signal)));
    this.pauseFailing(results);
    await this.transactions.run((tx) => this.record(tx, leaseId, results));
    for (const { kind } of results) this.metrics.reads.inc({ result: kind });
    return claims.length;
  }

  private async read(claim: ClaimedRead, signal: AbortSignal): Promise<ReadResult> {
    const failed = (reason: string, retryAfterMs = 0): ReadResult => ({ kind: 'failed', claim, reason, retryAfterMs });
    if ((await this.merchants.find(claim.merchantId)) === undefined) return failed('merchant-unknown');
    const call = await this.primer.getPayment(claim.paymentId, {
      apiKey: await this.merchants.primerApiKey(claim.merchantId),
      expand: ['transactions.events'],
      timeoutMs: this.settings.callTimeoutMs,
      signal,
    });
    if (call.kind === 'missing') return { kind: 'missing', claim };
    if (call.kind === 'refused') return failed(`refused-${call.status}`);
    if (call.kind === 'unavailable') return failed(call.reason, call.retryAfterMs);
    const { snapshot, raw } = call.value;
    const isUsable = paymentSnapshot.safeParse(snapshot).success && snapshot.paymentId === claim.paymentId;
    return isUsable ? { kind: 'found', claim, snapshot, raw } : failed('not-understood');
  }

  /** A merchant none of whose reads was answered is left alone for a while: Primer is away, or refuses its key. */
  private pauseFailing(results: readonly ReadResult[]): void {
    for (const [merchantId, ofMerchant] of Map.groupBy(results, (result) => result.claim.merchantId)) {
      const failures = ofMerchant.filter((result) => result.kind === 'failed');
      if (failures.length < ofMerchant.length) {
        this.pauses.resume(merchantId);
        continue;
      }
      const delayMs = this.pauses.pause(merchantId, Date.now());
      const reason = failures[0]?.reason;
      this.log.warn('No payment of a merchant could be read back', { merchantId, reason, delayMs });
    }
  }

  private async record(tx: EventTransaction, leaseId: string, results: readonly ReadResult[]): Promise<void> {
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
      leaseId,
      results.map((result) => this.toFinished(result, receivedAt)),
    );
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
    const { merchantId, paymentId, firstHeardAt, failedTries } = result.claim;
    if (result.kind === 'failed') {
      const pauseMs = Math.max(
        Math.min(toBackoffMs(failedTries + 1, RETRY_FIRST_MS), RETRY_MAX_MS),
        result.retryAfterMs,
      );
      return { merchantId, paymentId, nextReadAt: new Date(now.getTime() + pauseMs), hasFailed: true };
    }
    const snapshot = result.kind === 'found' ? result.snapshot : undefined;
    const changedAtUs = toInstantUs(snapshot?.dateUpdated);
    const state = {
      firstHeardAt,
      status: snapshot?.status,
      capturedMinor: snapshot === undefined ? 0n : (toCaptured(snapshot) ?? 0n),
      refundedMinor: toAmount(snapshot?.amountRefundedMinor) ?? 0n,
      changedAt: changedAtUs === undefined ? firstHeardAt : new Date(Number(changedAtUs / 1000n)),
    };
    return { merchantId, paymentId, nextReadAt: toNextReadAt(state, now, this.settings), hasFailed: false };
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
