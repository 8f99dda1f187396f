import { Inject, Injectable } from '@nestjs/common';
import { KnownError, paymentSnapshot, type OutgoingEvent, type PaymentSnapshot } from '@tollgate/contracts';
import { EventTransactions } from '@tollgate/messaging';
import { MerchantDirectory } from '@tollgate/persistence';
import { currentTrace, failpoint, GroupCommit, Log, Metrics, parseJsonLossless } from '@tollgate/platform';
import { toPaymentSnapshot, verifyWebhookSignature } from '@tollgate/primer-client';
import { v7 as uuidV7 } from 'uuid';
import { WEBHOOK_TOLERANCE_MS } from '../ledger.config.ts';
import { LedgerMetrics } from '../ledger.metrics.ts';
import { ReadBackRepository } from '../sweeping/read-back.repository.ts';
import { DeliveryRepository } from './delivery.repository.ts';
import type { Delivery } from './delivery.types.ts';
import { OperationFailureRepository, type FailedOperation } from './operation-failure.repository.ts';
import { toDisputeReport, toReport } from './payment-report.event.ts';
import { judgeWebhook, type JudgedWebhook } from './webhook.policy.ts';

/** A webhook as it arrived. */
export interface ArrivedWebhook {
  readonly merchantId: string;
  readonly signaturePrimary: string | undefined;
  readonly signatureSecondary: string | undefined;
  readonly bytes: Buffer;
}

/** A signed webhook with what is to be done about it, about to be stored. */
interface TakenWebhook {
  readonly delivery: Delivery;
  readonly isReadBack: boolean;
  readonly event: OutgoingEvent | undefined;
  /** An operation that failed; a repetition of it asks for no second read. */
  readonly failed: FailedOperation | undefined;
}

/** Most webhooks that share a commit, and that may wait for one. */
const COMMIT_BATCH_MAX = 200;
const COMMITS_WAITING_MAX = 5_000;

/**
 * Takes a webhook: checks its signature over the exact bytes, stores it, and only then says so. Webhooks that arrive
 * together share a transaction. Whatever was signed is stored; what cannot be believed is set aside and read back.
 */
@Injectable()
export class ReceiveWebhookHandler {
  private readonly commits: GroupCommit<TakenWebhook, void>;

  constructor(
    private readonly merchants: MerchantDirectory,
    private readonly transactions: EventTransactions,
    private readonly deliveries: DeliveryRepository,
    private readonly failures: OperationFailureRepository,
    private readonly readBacks: ReadBackRepository,
    private readonly metrics: LedgerMetrics,
    private readonly log: Log,
    @Inject(WEBHOOK_TOLERANCE_MS) private readonly toleranceMs: number,
    platformMetrics: Metrics,
  ) {
    this.commits = new GroupCommit({
      name: 'webhooks',
      maxBatch: COMMIT_BATCH_MAX,
      maxWaiting: COMMITS_WAITING_MAX,
      concurrency: 2,
      metrics: platformMetrics,
      run: (batch) => this.store(batch),
    });
  }

  /**
   * Resolves once the webhook is durable.
   * @throws KnownError MERCHANT_NOT_FOUND, SIGNATURE_INVALID (nothing is stored), or a retriable one, so that Primer
   *   sends it again
   */
  async handle(webhook: ArrivedWebhook): Promise<void> {
    const merchant = await this.merchants.get(webhook.merchantId);
    await this.assertSigned(webhook);
    const receivedAt = new Date();
    const body = parseOrNothing(webhook.bytes);
    const snapshot = toSnapshotOrNothing(body);
    if (snapshot !== undefined) currentTrace()?.span?.set({ 'tollgate.payment_id': snapshot.paymentId });
    const { webhookToleranceMinutes } = merchant.settings;
    const toleranceMs = webhookToleranceMinutes === undefined ? this.toleranceMs : webhookToleranceMinutes * 60_000;
    const judged = judgeWebhook({ body, snapshot, merchantId: webhook.merchantId, receivedAt }, toleranceMs);
    await this.commits.submit(toTaken(webhook, judged, snapshot, receivedAt));
    this.tell(webhook.merchantId, judged);
  }

  private async assertSigned({ merchantId, signaturePrimary, signatureSecondary, bytes }: ArrivedWebhook) {
    const secrets = await this.merchants.webhookSecrets(merchantId);
    const isMissing = signaturePrimary === undefined && signatureSecondary === undefined;
    const check = { rawBody: bytes, primary: signaturePrimary, secondary: signatureSecondary, secrets };
    if (isMissing || !verifyWebhookSignature(check)) {
      this.metrics.signatureFailures.inc({ reason: isMissing ? 'missing' : 'wrong' });
      throw new KnownError('SIGNATURE_INVALID');
    }
  }

  private async store(batch: readonly TakenWebhook[]): Promise<Array<{ ok: void }>> {
    await this.transactions.run(async (tx) => {
      await this.deliveries.keep(
        tx,
        batch.map((taken) => taken.delivery),
      );
      const failed = batch.map((taken) => taken.failed).filter((each) => each !== undefined);
      const firstTold = await this.failures.keep(tx, failed);
      await this.readBacks.request(
        tx,
        batch.flatMap((taken) => toReadRequest(taken, firstTold)),
      );
      tx.emit(...batch.map((taken) => taken.event).filter((each) => each !== undefined));
      failpoint('webhook.before-commit');
    });
    failpoint('webhook.after-commit');
    return batch.map(() => ({ ok: undefined }));
  }

  private tell(merchantId: string, { verdict, reason, paymentId, reportedAs }: JudgedWebhook): void {
    this.metrics.webhooks.inc({ verdict });
    if (reason !== undefined) {
      this.log.warn('A signed webhook was set aside', { merchantId, paymentId, eventType: reportedAs, reason });
    }
  }
}

function toTaken(
  { merchantId, bytes }: ArrivedWebhook,
  { isReadBack, dispute, failure, ...judged }: JudgedWebhook,
  snapshot: PaymentSnapshot | undefined,
  receivedAt: Date,
): TakenWebhook {
  const deliveryId = uuidV7();
  const delivery: Delivery = { deliveryId, merchantId, origin: 'webhook', receivedAt, body: bytes, ...judged };
  const { verdict, paymentId, reportedAs = '' } = judged;
  const failed =
    failure && paymentId !== undefined
      ? { ...failure, merchantId, paymentId, deliveryId, reportedAs, receivedAt }
      : undefined;
  const isSnapshot = verdict === 'REPORTED' && snapshot !== undefined && dispute === undefined;
  const event = isSnapshot ? toReport(delivery, snapshot) : dispute && toDisputeReport(delivery, dispute);
  return { delivery, isReadBack, event, failed };
}

/** @param firstTold deliveries of failures that were not known yet */
function toReadRequest({ delivery, isReadBack, failed }: TakenWebhook, firstTold: ReadonlySet<string>) {
  const { merchantId, paymentId, deliveryId } = delivery;
  const isNews = failed === undefined || firstTold.has(deliveryId);
  return isReadBack && isNews && paymentId !== undefined ? [{ merchantId, paymentId, isUrgent: true }] : [];
}

/** The body's JSON; nothing when it is none, which is a verdict and not an error. */
function parseOrNothing(bytes: Buffer): unknown {
  try {
    return parseJsonLossless(bytes);
  } catch (error) {
    if (error instanceof KnownError && error.code === 'MALFORMED_JSON') return undefined;
    throw error;
  }
}

/** The payment in the body, in our words; nothing when there is none that fits the event's schema. */
function toSnapshotOrNothing(body: unknown): PaymentSnapshot | undefined {
  const payment = typeof body === 'object' && body !== null && 'payment' in body ? body.payment : undefined;
  if (payment === undefined) return undefined;
  try {
    return paymentSnapshot.safeParse(toPaymentSnapshot(payment)).data;
  } catch (error) {
    if (error instanceof KnownError && error.code === 'PROVIDER_ANSWER_UNKNOWN') return undefined;
    throw error;
  }
}
