import { Inject, Injectable } from '@nestjs/common';
import { isRetriable, KnownError, paymentSnapshot, type PaymentSnapshot } from '@tollgate/contracts';
import { EventTransactions, type EventTransaction } from '@tollgate/messaging';
import { Database, MerchantDirectory } from '@tollgate/persistence';
import { failpoint, Log } from '@tollgate/platform';
import { PrimerClient } from '@tollgate/primer-client';
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
import { MerchantPauses } from './merchant-pauses.service.ts';
import { ReadBackRepository, type ClaimedRead, type FinishedRead } from './read-back.repository.ts';
import { toBackoffMs, toNextReadAt } from './read-back.policy.ts';
import { findKnownEvidence } from './sql/find-known-evidence.sql.ts';

/** What came of one read. `missing` is an answer too: the provider does not show the payment. */
type ReadResult =
  | { readonly kind: 'found'; readonly claim: ClaimedRead; readonly snapshot: PaymentSnapshot; readonly raw: unknown }
  | { readonly kind: 'missing'; readonly claim: ClaimedRead }
  | {
      readonly kind: 'failed';
      readonly claim: ClaimedRead;
      readonly reason: string;
      /** Primer is away, or refuses the key: no read of this merchant would do better. */
      readonly isOutage: boolean;
      readonly retryAfterMs: number;
    };

/** First pause after a failed read. */
const RETRY_FIRST_MS = 1_000;
/** The longest one while Primer is away: an outage must not be followed by an hour of silence. */
const OUTAGE_RETRY_MAX_MS = 30_000;

/** Failures that say nothing about other payments. */
const ABOUT_ONE_PAYMENT: ReadonlySet<string> = new Set(['not-understood', 'answer-too-large']);
const KEY_REFUSED: ReadonlySet<number> = new Set([401, 403]);
/** The documents list 400 alone for a payment that is not there; 404 says it everywhere else, 422 of an id that is none. */
const NOT_THERE: ReadonlySet<number> = new Set([400, 404, 422]);

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
    failpoint('sweep.after-lease');
    const results = await Promise.all(claims.map((claim) => this.readOrGiveUp(claim, signal)));
    failpoint('sweep.after-read');
    this.pauseFailing(results);
    await this.transactions.run((tx) => this.record(tx, leaseId, results));
    failpoint('sweep.after-commit');
    for (const { kind } of results) this.metrics.reads.inc({ result: kind });
    return claims.length;
  }

  /**
   * What cannot even be asked for, a payment whose id fits no path or a merchant whose key cannot be used, has failed like
   * any other: the reads beside it are recorded all the same. @throws KnownError what is retriable
   */
  private async readOrGiveUp(claim: ClaimedRead, signal: AbortSignal): Promise<ReadResult> {
    try {
      return await this.read(claim, signal);
    } catch (error) {
      if (isRetriable(error)) throw error;
      const { merchantId, paymentId } = claim;
      this.log.warn('A payment cannot be asked for', { merchantId, paymentId, error });
      const isAboutPayment = error instanceof KnownError && error.code === 'VALIDATION_FAILED';
      return { kind: 'failed', claim, reason: 'not-askable', isOutage: !isAboutPayment, retryAfterMs: 0 };
    }
  }

  private async read(claim: ClaimedRead, signal: AbortSignal): Promise<ReadResult> {
    const failed = (reason: string, isOutage: boolean, retryAfterMs = 0): ReadResult => {
      return { kind: 'failed', claim, reason, isOutage, retryAfterMs };
    };
    if ((await this.merchants.find(claim.merchantId)) === undefined) return failed('merchant-unknown', false);
    const call = await this.primer.getPayment(claim.paymentId, {
      apiKey: await this.merchants.primerApiKey(claim.merchantId),
      expand: ['transactions.events'],
      timeoutMs: this.settings.callTimeoutMs,
      signal,
    });
    if (call.kind === 'unavailable') {
      return failed(call.reason, !ABOUT_ONE_PAYMENT.has(call.reason), call.retryAfterMs);
    }
    if (call.kind !== 'found') {
      if (KEY_REFUSED.has(call.status)) return failed('key-refused', true);
      return NOT_THERE.has(call.status) ? { kind: 'missing', claim } : failed('refused', false);
    }
    const { snapshot, raw } = call.value;
    const isUsable = paymentSnapshot.safeParse(snapshot).success && snapshot.paymentId === claim.paymentId;
    return isUsable ? { kind: 'found', claim, snapshot, raw } : failed('not-understood', false);
  }

  /** A merchant whose reads led nowhere is left alone for a while. */
  private pauseFailing(results: readonly ReadResult[]): void {
    for (const [merchantId, ofMerchant] of Map.groupBy(results, (result) => result.claim.merchantId)) {
      const outages = ofMerchant.flatMap((result) =>
        result.kind === 'failed' && result.isOutage ? [result.reason] : [],
      );
      if (outages.length < ofMerchant.length) {
        this.pauses.resume(merchantId);
        continue;
      }
      const delayMs = this.pauses.pause(merchantId, Date.now());
      const [reason] = outages;
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
    const { merchantId, paymentId, firstHeardAt, failedTries } = result.claim;
    if (result.kind === 'failed') {
      const backoffMs = toBackoffMs(failedTries + 1, RETRY_FIRST_MS);
      const ownPauseMs = result.isOutage ? Math.min(backoffMs, OUTAGE_RETRY_MAX_MS) : backoffMs;
      const pauseMs = Math.max(ownPauseMs, result.retryAfterMs);
      return { merchantId, paymentId, nextReadAt: new Date(now.getTime() + pauseMs), hasFailed: true };
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
