import type {
  AcceptedAttemptAnswer,
  AttemptAnswer,
  AttemptOutcome,
  AttemptStreamMessage,
  ConcludedAttemptAnswer,
  TimelineEntry,
} from '@tollgate/contracts';
import {
  type AttemptFacts,
  type RecordedDecision,
  type RecordedOutcome,
  statusOf,
} from '../attempts/attempt.states.ts';
import type { Attempt, AttemptKey } from '../attempts/attempt.types.ts';

/** Sources whose reasons tell about rules and reviewers: not the shop's business. */
const CONFIDENTIAL_SOURCES: ReadonlySet<string | undefined> = new Set(['rules', 'reviewer', 'operator']);

type Links = AcceptedAttemptAnswer['links'];

/** Where the attempt's other answers are. Relative: intake does not know the name it is called by. */
export function toLinks(paymentAttemptId: string, readToken: string): Links {
  const self = `/v1/attempts/${paymentAttemptId}`;
  return {
    self,
    events: `${self}/events`,
    browserEvents: `${self}/events?token=${readToken}`,
    abort: `${self}/abort`,
  };
}

/** Coarse on purpose: nothing in it tells a shopper about rules or scores. */
export function toOutcomeAnswer({
  status,
  paymentId,
  charged,
  retryable,
  shopperCode,
}: RecordedOutcome): AttemptOutcome {
  return { status, ...(paymentId === undefined ? {} : { paymentId }), charged, retryable, shopperCode };
}

/** 200 of POST. */
export function toConcludedAnswer(
  paymentAttemptId: string,
  outcome: RecordedOutcome,
  readToken: string,
): ConcludedAttemptAnswer {
  return { paymentAttemptId, ...toOutcomeAnswer(outcome), links: toLinks(paymentAttemptId, readToken) };
}

/** 202 of POST. */
export function toAcceptedAnswer(attempt: Attempt, facts: AttemptFacts, readToken: string): AcceptedAttemptAnswer {
  const { paymentAttemptId, clocks } = attempt;
  const { decideBy, approveBy, expiresAt } = clocks;
  return {
    paymentAttemptId,
    status: statusOf(facts),
    decideBy,
    approveBy,
    expiresAt,
    links: toLinks(paymentAttemptId, readToken),
  };
}

/**
 * Answer of GET.
 * @param options.forOperator shows the reasons of rules and reviewers too
 */
export function toAttemptAnswer(
  attempt: Attempt,
  options: { facts: AttemptFacts; timeline: readonly TimelineEntry[]; readToken: string; forOperator: boolean },
): AttemptAnswer {
  const { facts, timeline, readToken, forOperator } = options;
  const { receivedAt } = attempt.clocks;
  const entries: TimelineEntry[] = [{ at: receivedAt, event: 'RECEIVED' }, ...withHeard(timeline, facts)];
  return {
    ...toAcceptedAnswer(attempt, facts, readToken),
    merchantId: attempt.merchantId,
    receivedAt,
    order: {
      orderId: attempt.orderId,
      amount: { amountMinor: attempt.amountMinor, currency: attempt.currency },
    },
    sightings: attempt.sightings,
    ...(facts.outcome === undefined ? {} : { outcome: toOutcomeAnswer(facts.outcome) }),
    timeline: forOperator ? entries : entries.map(withoutConfidentialReason),
  };
}

/** Data of one message of the event stream. */
export function toStreamMessage({ paymentAttemptId }: AttemptKey, facts: AttemptFacts): AttemptStreamMessage {
  return {
    paymentAttemptId,
    status: statusOf(facts),
    ...(facts.outcome === undefined ? {} : { outcome: toOutcomeAnswer(facts.outcome) }),
  };
}

/** What was heard may be ahead of what is stored: status and timeline of one answer tell the same. */
function withHeard(timeline: readonly TimelineEntry[], facts: AttemptFacts): readonly TimelineEntry[] {
  const { review, decision, unknownSince, outcome } = facts;
  const told: TimelineEntry[] = [];
  if (review !== undefined) {
    told.push(toDecisionEntry(review, 'REVIEW_REQUESTED'));
  }
  if (decision !== undefined) {
    told.push(toDecisionEntry(decision, 'DECIDED'));
  }
  if (unknownSince !== undefined) {
    told.push({ at: unknownSince, event: 'OUTCOME_UNKNOWN' });
  }
  if (outcome !== undefined) {
    told.push({ at: outcome.concludedAt, event: 'CONCLUDED', outcome: outcome.status });
  }
  const missing = told.filter(({ at, event }) => !timeline.some((entry) => entry.event === event && entry.at === at));
  return missing.length === 0 ? timeline : [...timeline, ...missing].toSorted((a, b) => (a.at < b.at ? -1 : 1));
}

function toDecisionEntry(
  { decidedAt, decision, source, reason }: RecordedDecision,
  event: 'REVIEW_REQUESTED' | 'DECIDED',
): TimelineEntry {
  return { at: decidedAt, event, decision, source, reason };
}

function withoutConfidentialReason(entry: TimelineEntry): TimelineEntry {
  const { reason: _reason, ...shown } = entry;
  return CONFIDENTIAL_SOURCES.has(entry.source) ? shown : entry;
}
