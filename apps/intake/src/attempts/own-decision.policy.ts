import {
  AttemptDecided,
  type AttemptDecidedData,
  event,
  type OutgoingEvent,
  type Reason,
  toEventId,
} from '@tollgate/contracts';
import { mergeFacts, type RecordedDecision } from './attempt.states.ts';
import type { Attempt, TimelineRecord } from './attempt.types.ts';

/** `ce_source` of what intake emits. */
export const INTAKE_SOURCE = '/tollgate/intake';

/** A decision that intake itself takes: for the deadline, for the shop, or because a newer attempt came. */
export interface OwnDecision {
  readonly decision: 'APPROVE' | 'ABORT';
  readonly source: 'deadline' | 'merchant';
  readonly reason: Reason;
  /** By the database's clock. */
  readonly decidedAt: Date;
  /** What it was taken for: the same cause gives the same event id, however often and wherever it is taken. */
  readonly cause: 'deadline' | 'superseded' | 'abort' | 'no-outcome';
  /** The newer attempt of the same client session. */
  readonly supersededBy?: string;
}

/** Everything that is written with a decision of intake's own. */
export interface OwnDecisionRecord {
  /** The attempt with the decision in its facts. */
  readonly attempt: Attempt;
  readonly line: TimelineRecord;
  readonly outgoing: OutgoingEvent;
}

/** The records of one decision; nothing is written here. */
export function toOwnDecisionRecord(attempt: Attempt, own: OwnDecision): OwnDecisionRecord {
  const { merchantId, paymentAttemptId } = attempt;
  const cause = { source: INTAKE_SOURCE, id: `${own.cause}/${merchantId}/${paymentAttemptId}` };
  const subject = paymentAttemptId;
  const decided: RecordedDecision = {
    eventId: toEventId({ producer: INTAKE_SOURCE, type: AttemptDecided.type, subject, cause }),
    decision: own.decision,
    source: own.source,
    reason: own.reason,
    decidedAt: own.decidedAt.toISOString(),
  };
  const supersededBy = own.supersededBy === undefined ? {} : { supersededBy: own.supersededBy };
  return {
    attempt: { ...attempt, facts: mergeFacts(attempt.facts, { decision: decided }) },
    line: toDecisionLine(attempt, decided, supersededBy),
    outgoing: event({ definition: AttemptDecided, data: toData(attempt, decided, supersededBy), subject, cause }),
  };
}

/** The timeline line of a decision, by whomever. */
export function toDecisionLine(
  { merchantId, paymentAttemptId }: Pick<Attempt, 'merchantId' | 'paymentAttemptId'>,
  { eventId, decision, source, reason, decidedAt }: RecordedDecision,
  more: { readonly supersededBy?: string },
): TimelineRecord {
  return {
    merchantId,
    paymentAttemptId,
    entryId: eventId,
    at: decidedAt,
    event: decision === 'REVIEW' ? 'REVIEW_REQUESTED' : 'DECIDED',
    detail: { decision, source, reason, ...more },
  };
}

function toData(
  attempt: Attempt,
  { decision, source, reason, decidedAt }: RecordedDecision,
  more: { readonly supersededBy?: string },
): AttemptDecidedData {
  const { merchantId, paymentAttemptId, clientSessionId, analyticsId, clocks } = attempt;
  const { orderId, amountMinor, currency } = attempt;
  return {
    merchantId,
    paymentAttemptId,
    clientSessionId,
    decision,
    source,
    reason,
    decidedAt,
    order: { orderId, amountMinor, currency },
    ...(analyticsId === undefined ? {} : { analyticsId }),
    clocks,
    ...more,
  };
}
