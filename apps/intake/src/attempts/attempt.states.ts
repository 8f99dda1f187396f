import type { AttemptStatus, ChargedKind, DecisionKind, OutcomeKind, ShopperCode } from '@tollgate/contracts';

/** A decision as intake keeps it. Instants are ISO 8601 in UTC, so that text order is time order. */
export interface RecordedDecision {
  readonly eventId: string;
  readonly decision: DecisionKind;
  readonly source: string;
  readonly reason: string;
  readonly decidedAt: string;
}

/** What became of the attempt at Primer, as the gateway told it. */
export interface RecordedOutcome {
  readonly status: OutcomeKind;
  readonly paymentId?: string;
  readonly charged: ChargedKind;
  readonly retryable: boolean;
  readonly shopperCode: ShopperCode;
  readonly reason: string;
  readonly concludedAt: string;
}

/**
 * Everything known about what happened to an attempt. Each part is empty at first and only ever gains:
 * {@link mergeFacts} is commutative, associative and idempotent, so every order and duplication of the events ends in
 * the same facts.
 */
export interface AttemptFacts {
  /** The earliest request for a person's review. */
  readonly review?: RecordedDecision;
  /** The earliest terminal decision. Which one took effect is the gateway's word: see `outcome`. */
  readonly decision?: RecordedDecision;
  /** The first time a call to Primer was left without a known answer. */
  readonly unknownSince?: string;
  readonly outcome?: RecordedOutcome;
}

/** Statuses that turn no more. */
export const FINAL_STATUSES: readonly AttemptStatus[] = ['APPROVED', 'ABORTED', 'EXPIRED', 'REJECTED'];

/** The status that the facts amount to. It is the outcome's only once Primer has answered. */
export function statusOf(facts: AttemptFacts): AttemptStatus {
  if (facts.outcome !== undefined) {
    return facts.outcome.status;
  }
  if (facts.unknownSince !== undefined) {
    return 'UNKNOWN';
  }
  if (facts.decision !== undefined) {
    return 'DECIDED';
  }
  return facts.review === undefined ? 'RECEIVED' : 'IN_REVIEW';
}

/** Both lists of facts together. */
export function mergeFacts(one: AttemptFacts, other: AttemptFacts): AttemptFacts {
  return withoutAbsent({
    review: firstOf(one.review, other.review, compareDecisions),
    decision: firstOf(one.decision, other.decision, compareDecisions),
    unknownSince: firstOf(one.unknownSince, other.unknownSince, compareText),
    outcome: firstOf(one.outcome, other.outcome, compareOutcomes),
  });
}

/** True when both say the same. */
export function equalFacts(one: AttemptFacts, other: AttemptFacts): boolean {
  const same = <T>(a: T | undefined, b: T | undefined, compare: (a: T, b: T) => number): boolean =>
    a === undefined || b === undefined ? a === b : compare(a, b) === 0;
  return (
    same(one.review, other.review, compareDecisions) &&
    same(one.decision, other.decision, compareDecisions) &&
    same(one.unknownSince, other.unknownSince, compareText) &&
    same(one.outcome, other.outcome, compareOutcomes)
  );
}

function firstOf<T>(one: T | undefined, other: T | undefined, compare: (one: T, other: T) => number): T | undefined {
  if (one === undefined || other === undefined) {
    return one ?? other;
  }
  return compare(one, other) <= 0 ? one : other;
}

function compareText(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

/** A total order, so that no tie is settled by who came first: time, then all the rest. */
function compareDecisions(one: RecordedDecision, other: RecordedDecision): number {
  return compareText(toDecisionRank(one), toDecisionRank(other));
}

function toDecisionRank({ decidedAt, eventId, decision, source, reason }: RecordedDecision): string {
  return JSON.stringify([decidedAt, eventId, decision, source, reason]);
}

const CHARGED_RANK: Readonly<Record<ChargedKind, number>> = { yes: 0, maybe: 1, no: 2 };

/**
 * There is one outcome per attempt. Should two ever arrive, the one under which money moved is kept: telling a shop
 * that nothing was charged when something was is the worse mistake.
 */
function compareOutcomes(one: RecordedOutcome, other: RecordedOutcome): number {
  return compareText(toOutcomeRank(one), toOutcomeRank(other));
}

function toOutcomeRank(outcome: RecordedOutcome): string {
  const { charged, concludedAt, status, paymentId, retryable, shopperCode, reason } = outcome;
  return JSON.stringify([CHARGED_RANK[charged], concludedAt, status, paymentId ?? '', retryable, shopperCode, reason]);
}

/** Stored facts carry no absent parts: what is compared and what is stored are the same. */
function withoutAbsent(facts: { [Part in keyof AttemptFacts]: AttemptFacts[Part] | undefined }): AttemptFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, part]) => part !== undefined));
}
