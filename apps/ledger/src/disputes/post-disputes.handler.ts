import { Injectable } from '@nestjs/common';
import type { PaymentDisputeReportedData } from '@tollgate/contracts';
import { type EventBatch, keepOfKnownMerchants } from '@tollgate/messaging';
import { MerchantDirectory } from '@tollgate/persistence';
import { mergeDisputes, toDisputeDedupKey, toDisputeKey, toDisputes, type Disputes } from '../books/dispute.policy.ts';
import { toInstantUs, toUs } from '../books/instant.policy.ts';
import { LedgerMetrics } from '../ledger.metrics.ts';
import type { DisputedPayment } from '../posting/payment.types.ts';
import { PostPaymentsHandler } from '../posting/post-payments.handler.ts';
import { DisputeRepository } from './dispute.repository.ts';
import {
  toDisputeKeyText,
  type DisputeState,
  type KeptReport,
  type LockedDispute,
  type ReportedDispute,
  type StoredReport,
} from './dispute.types.ts';

/**
 * Keeps what was said about disputes, and brings the books of their payments in line. A dispute that names no payment
 * yet, or one that the provider has not shown, waits as a case of its own.
 */
@Injectable()
export class PostDisputesHandler {
  constructor(
    private readonly merchants: MerchantDirectory,
    private readonly disputes: DisputeRepository,
    private readonly post: PostPaymentsHandler,
    private readonly metrics: LedgerMetrics,
  ) {}

  /** Anybody may publish reports: one that names no merchant of ours becomes a dead letter. */
  async handle({ events, tx }: EventBatch<PaymentDisputeReportedData>): Promise<void> {
    const ours = await keepOfKnownMerchants(this.merchants, tx, events);
    const reports = ours.map(({ event }) => toReported(event.data));
    if (reports.length === 0) return;
    const { locked, kept } = await this.disputes.open(tx, reports);
    tx.afterCommit(() => this.metrics.evidenceDuplicates.inc(reports.length - kept.length));
    const news = Map.groupBy(kept, toDisputeKeyText);
    const touched = locked.filter((dispute) => news.has(toDisputeKeyText(dispute)));
    if (touched.length === 0) return;
    const stored = Map.groupBy(await this.disputes.findReports(tx, touched), toDisputeKeyText);
    const states = touched.map((dispute) => toState(dispute, stored.get(toDisputeKeyText(dispute)) ?? []));
    await this.disputes.save(tx, states);
    const disputed = states.flatMap((state, index) => findPayments(state, touched[index], news));
    if (disputed.length > 0) await this.post.handle(tx, { reports: [], outcomes: [], disputed });
  }
}

function toReported(report: PaymentDisputeReportedData): ReportedDispute {
  const { merchantId, evidenceId, reportedAs, dispute } = report;
  const { processor, processorDisputeId } = dispute;
  const receivedAtUs = toInstantUs(report.receivedAt) ?? toUs(new Date());
  const dedupKey = toDisputeDedupKey(merchantId, dispute);
  return { merchantId, processor, processorDisputeId, dedupKey, evidenceId, reportedAs, receivedAtUs, dispute };
}

function toState(dispute: LockedDispute, reports: readonly StoredReport[]): DisputeState {
  const { merchantId, processor, processorDisputeId } = dispute;
  let disputes: Disputes | undefined;
  for (const report of reports) disputes = mergeDisputes(disputes, toDisputes(report.dispute));
  const facts = disputes?.get(toDisputeKey(dispute)) ?? { processor, processorDisputeId };
  return { merchantId, processor, processorDisputeId, facts };
}

/** The payment that the dispute is about, and the one that it was about before, should reports contradict each other. */
function findPayments(
  state: DisputeState,
  before: LockedDispute | undefined,
  news: ReadonlyMap<string, readonly KeptReport[]>,
): DisputedPayment[] {
  const evidenceIds = (news.get(toDisputeKeyText(state)) ?? []).map((report) => report.evidenceId);
  const paymentIds = new Set([state.facts.paymentId?.value, before?.paymentId]);
  return [...paymentIds]
    .filter((paymentId) => paymentId !== undefined)
    .map((paymentId) => ({ merchantId: state.merchantId, paymentId, evidenceIds }));
}
