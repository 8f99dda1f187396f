import { Injectable } from '@nestjs/common';
import type { AttemptConcludedData, PaymentStatusReportedData } from '@tollgate/contracts';
import type { EventTransaction } from '@tollgate/messaging';
import { Log } from '@tollgate/platform';
import { toEntries, toHistory, type PaymentHistory } from '../books/entry.policy.ts';
import type { RecordedEntries } from '../books/entry.types.ts';
import { toEffectiveAtUs } from '../books/evidence.policy.ts';
import {
  mergeFacts,
  NO_FACTS,
  toLinkFacts,
  toOrderFacts,
  type AttemptLink,
  type PaymentFacts,
} from '../books/facts.policy.ts';
import { asksForReading, findFlags, type PaymentFlag } from '../books/flag.policy.ts';
import { toInstantUs, toUs } from '../books/instant.policy.ts';
import { findDoubts } from '../books/review.policy.ts';
import { toDedupKey } from '../books/snapshot.policy.ts';
import { DisputeRepository } from '../disputes/dispute.repository.ts';
import { LedgerMetrics } from '../ledger.metrics.ts';
import { ReadBackRepository, type ReadRequest } from '../sweeping/read-back.repository.ts';
import { JournalRepository, type PaymentEntry } from './journal.repository.ts';
import { PaymentRepository } from './payment.repository.ts';
import {
  toKeyText,
  type DisputedPayment,
  type KeptEvidence,
  type LockedPayment,
  type PaymentKey,
  type PaymentState,
  type ReportedEvidence,
  type StoredDisputeEvidence,
  type StoredEvidence,
} from './payment.types.ts';

/** What is new about payments: reports of their state, attempts that led to them, and disputes about them. */
export interface PaymentNews {
  readonly reports: readonly PaymentStatusReportedData[];
  readonly outcomes: readonly ApprovedOutcome[];
  readonly disputed?: readonly DisputedPayment[];
}

/** An attempt that led to a payment. */
export type ApprovedOutcome = AttemptConcludedData & { readonly paymentId: string };

/** A payment that something new was said about. */
interface TouchedPayment extends LockedPayment {
  readonly newEvidenceIds: readonly string[];
}

/** A payment of the batch with all that is known about it. */
interface OpenPayment extends TouchedPayment {
  readonly evidence: readonly StoredEvidence[];
  readonly disputes: readonly StoredDisputeEvidence[];
}

/** Flags of what nobody knows: an operator should hear of them at once. */
const ALARMS: ReadonlySet<PaymentFlag> = new Set(['STATUS_UNKNOWN', 'REFUND_STATUS_UNKNOWN', 'DISPUTE_STATUS_UNKNOWN']);

const NOTHING_RECORDED: RecordedEntries = { postings: [], enteredAtUs: new Set() };

/**
 * Brings the books in line with the evidence of the payments in a batch: keep what is new, merge, take the position,
 * write what is missing. A handful of statements for the whole batch in three round trips, one for each decision; every
 * lock is taken in id order.
 */
@Injectable()
export class PostPaymentsHandler {
  constructor(
    private readonly payments: PaymentRepository,
    private readonly journal: JournalRepository,
    private readonly disputes: DisputeRepository,
    private readonly readBacks: ReadBackRepository,
    private readonly metrics: LedgerMetrics,
    private readonly log: Log,
  ) {}

  async handle(tx: EventTransaction, news: PaymentNews): Promise<void> {
    const evidence = news.reports.map(toEvidence);
    const { locked, kept } = await this.payments.open(tx, toFirstStates(news), evidence);
    tx.afterCommit(() => this.metrics.evidenceDuplicates.inc(evidence.length - kept.length));
    const touched = findTouched(locked, news, kept);
    if (touched.length === 0) return;

    const changed = touched.filter((payment) => !isAsMade(payment));
    const [storedEvidence, recorded, storedDisputes] = await Promise.all([
      this.payments.findEvidence(tx, changed),
      this.journal.findRecorded(tx, changed),
      this.disputes.findOfPayments(
        tx,
        changed.filter((payment) => payment.isDisputed),
      ),
    ]);
    const allEvidence = Map.groupBy(storedEvidence, toKeyText);
    const allDisputes = Map.groupBy(storedDisputes, toKeyText);
    const entries: PaymentEntry[] = [];
    const states: PaymentState[] = [];
    const reads: ReadRequest[] = [];
    for (const payment of touched) {
      const key = toKeyText(payment);
      const open = { ...payment, evidence: allEvidence.get(key) ?? [], disputes: allDisputes.get(key) ?? [] };
      const history = toHistory([...open.evidence, ...open.disputes], open.attempt);
      const drafts = toEntries(history, recorded.get(key) ?? NOTHING_RECORDED, open.newEvidenceIds);
      const state = toState(payment, history);
      entries.push(...drafts.map((draft) => ({ ...draft, ...toKey(payment) })));
      if (!isAsMade(payment)) states.push(state);
      reads.push(this.toRead(tx, open, state));
    }
    // One round trip, in this order: the busiest locks, those of the balances, come last.
    await Promise.all([
      this.payments.save(tx, states),
      this.readBacks.request(tx, reads),
      this.journal.write(tx, entries),
    ]);
    tx.afterCommit(() => this.metrics.entries.inc(entries.length));
  }

  /** News from a webhook is checked by a read soon, doubtful news at once. A read's own news settles what it can. */
  private toRead(tx: EventTransaction, payment: OpenPayment, state: PaymentState): ReadRequest {
    const isNew = new Set(payment.newEvidenceIds);
    const alarms = isNew.size > 0 ? state.flags.filter((flag) => ALARMS.has(flag)) : [];
    for (const alarm of alarms) {
      const status = state.facts.reported?.value;
      this.log.error('A status is one that nobody knows; the position stays as it was', {
        ...toKey(payment),
        alarm,
        status,
      });
    }
    const doubts: string[] = [...findDoubts(payment.evidence, isNew), ...alarms];
    tx.afterCommit(() => doubts.forEach((doubt) => this.metrics.evidenceDoubts.inc({ doubt })));
    const isToldByRead = payment.evidence.some((each) => isNew.has(each.evidenceId) && each.origin === 'read');
    // A dispute about a payment that the provider has not spoken of waits for that payment.
    const isWaiting = state.facts.reported === undefined;
    const isDoubtful = isNew.size > 0 && (isWaiting || doubts.length > 0 || asksForReading(state.facts, state.flags));
    return { ...toKey(payment), isUrgent: isDoubtful && !isToldByRead };
  }
}

function toEvidence(report: PaymentStatusReportedData): ReportedEvidence {
  const { merchantId, paymentId, evidenceId, origin, reportedAs, snapshot } = report;
  const receivedAtUs = toInstantUs(report.receivedAt) ?? toUs(new Date());
  const effectiveAtUs = toEffectiveAtUs({ evidenceId, receivedAtUs, snapshot });
  const dedupKey = toDedupKey(merchantId, snapshot);
  return { merchantId, paymentId, dedupKey, evidenceId, origin, reportedAs, receivedAtUs, effectiveAtUs, snapshot };
}

/** The link that an outcome makes between our attempt and the payment. */
function toLink({ paymentAttemptId, order }: ApprovedOutcome): AttemptLink {
  const { orderId, amountMinor, currency } = order;
  return { paymentAttemptId, orderId, amountMinor: BigInt(amountMinor), currency };
}

/**
 * What the row of each payment starts with, should it be heard of for the first time: what its news says apart from
 * evidence, and the order that evidence names, so that the order seldom changes later.
 */
function toFirstStates({ reports, outcomes, disputed = [] }: PaymentNews): PaymentState[] {
  const reportsByPayment = Map.groupBy(reports, toKeyText);
  const outcomesByPayment = Map.groupBy(outcomes, toKeyText);
  return uniqueKeys([...reports, ...outcomes, ...disputed]).map((key) => {
    const history = toHistory([], mergeLinks(NO_FACTS, outcomesByPayment.get(toKeyText(key)) ?? []));
    const named = (reportsByPayment.get(toKeyText(key)) ?? []).map(({ snapshot }) => toOrderFacts(snapshot));
    return toState(key, { ...history, facts: named.reduce(mergeFacts, history.facts) });
  });
}

function mergeLinks(before: PaymentFacts, outcomes: readonly ApprovedOutcome[]): AttemptLink | undefined {
  return outcomes.map((outcome) => toLinkFacts(toLink(outcome))).reduce(mergeFacts, before).attempt;
}

/** True where the row that was just made says all there is to say: nothing but the link to an attempt. */
function isAsMade({ isNew, newEvidenceIds }: TouchedPayment): boolean {
  return isNew && newEvidenceIds.length === 0;
}

/** Payments with new evidence or a new link; the others stay as they are. */
function findTouched(
  locked: readonly LockedPayment[],
  { outcomes, disputed = [] }: PaymentNews,
  kept: readonly KeptEvidence[],
): TouchedPayment[] {
  const newByPayment = Map.groupBy(kept, toKeyText);
  const outcomesByPayment = Map.groupBy(outcomes, toKeyText);
  const disputesByPayment = Map.groupBy(disputed, toKeyText);
  return locked.flatMap((payment) => {
    const key = toKeyText(payment);
    const disputes = disputesByPayment.get(key);
    const newEvidenceIds = [
      ...(newByPayment.get(key) ?? []).map((each) => each.evidenceId),
      ...(disputes ?? []).flatMap((each) => each.evidenceIds),
    ];
    const before = payment.attempt ? toLinkFacts(payment.attempt) : NO_FACTS;
    const attempt = mergeLinks(before, outcomesByPayment.get(key) ?? []);
    // Merging keeps the very object where nothing greater came.
    const isLinkNew = payment.isNew || attempt !== payment.attempt;
    const isDisputed = payment.isDisputed || disputes !== undefined;
    return newEvidenceIds.length > 0 || isLinkNew ? [{ ...payment, attempt, isDisputed, newEvidenceIds }] : [];
  });
}

function toState(payment: PaymentKey, history: PaymentHistory): PaymentState {
  const { facts, position, steps } = history;
  return {
    ...toKey(payment),
    facts,
    position,
    // Nobody is shown a payment that the provider has not spoken of.
    flags: facts.reported === undefined ? [] : findFlags(facts),
    effectiveAtUs: facts.reported?.version.updatedAtUs ?? steps.at(-1)?.effectiveAtUs,
  };
}

function uniqueKeys(keys: readonly PaymentKey[]): PaymentKey[] {
  return [...new Map(keys.map((key) => [toKeyText(key), toKey(key)])).values()];
}

function toKey({ merchantId, paymentId }: PaymentKey): PaymentKey {
  return { merchantId, paymentId };
}
