import type {
  AttemptClocks,
  AttemptConcludedData,
  AttemptDecidedData,
  AttemptOutcomeUnknownData,
} from '@tollgate/contracts';
import type { ReceivedEvent } from '@tollgate/messaging';
import { type AttemptFacts, type RecordedDecision, type RecordedOutcome } from './attempt.states.ts';
import type { Attempt, AttemptKey, TimelineRecord } from './attempt.types.ts';
import { toDecisionLine } from './own-decision.policy.ts';

/** What one event says about an attempt. */
export interface AttemptNews {
  /** The attempt as far as the event describes it: stored when nobody has announced it to us yet. */
  readonly described: Omit<Attempt, 'status' | 'facts' | 'sightings' | 'instrument'>;
  readonly facts: AttemptFacts;
  readonly line: TimelineRecord;
}

/** A decision, by whomever. */
export function toDecisionNews({ id, data }: ReceivedEvent<AttemptDecidedData>): AttemptNews {
  const { decision, source, reason, supersededBy } = data;
  const recorded: RecordedDecision = { eventId: id, decision, source, reason, decidedAt: toUtc(data.decidedAt) };
  return {
    described: toDescribed(data),
    facts: decision === 'REVIEW' ? { review: recorded } : { decision: recorded },
    line: toDecisionLine(data, recorded, supersededBy === undefined ? {} : { supersededBy }),
  };
}

/** A call to Primer whose answer is not known. */
export function toUnknownNews({ id, data }: ReceivedEvent<AttemptOutcomeUnknownData>): AttemptNews {
  const since = toUtc(data.since);
  return {
    described: toDescribed(data),
    facts: { unknownSince: since },
    line: { ...keyOf(data), entryId: id, at: since, event: 'OUTCOME_UNKNOWN', detail: { decision: data.action } },
  };
}

/** The outcome at Primer. */
export function toOutcomeNews({ id, data }: ReceivedEvent<AttemptConcludedData>): AttemptNews {
  const { outcome: status, paymentId, charged, retryable, shopperCode, reason } = data;
  const concludedAt = toUtc(data.concludedAt);
  const outcome: RecordedOutcome = {
    status,
    ...(paymentId === undefined ? {} : { paymentId }),
    charged,
    retryable,
    shopperCode,
    reason,
    concludedAt,
  };
  const { decision, source } = data.decision;
  return {
    described: toDescribed(data),
    facts: { outcome },
    line: {
      ...keyOf(data),
      entryId: id,
      at: concludedAt,
      event: 'CONCLUDED',
      detail: { outcome: status, decision, source, reason },
    },
  };
}

/** decideBy < approveBy < expiresAt, all after the receipt: other clocks were not made by the contract's function. */
export function areClocksOrdered({ receivedAt, decideBy, approveBy, expiresAt }: AttemptClocks): boolean {
  const times = [receivedAt, decideBy, approveBy, expiresAt].map((instant) => Date.parse(instant));
  return times.every((time, index) => index === 0 || times[index - 1]! < time);
}

function toDescribed(
  data: AttemptDecidedData | AttemptConcludedData | AttemptOutcomeUnknownData,
): AttemptNews['described'] {
  const { orderId, amountMinor, currency } = data.order;
  return { ...keyOf(data), clientSessionId: data.clientSessionId, orderId, amountMinor, currency, clocks: data.clocks };
}

function keyOf({ merchantId, paymentAttemptId }: AttemptKey): AttemptKey {
  return { merchantId, paymentAttemptId };
}

/** One notation for one instant, so that text order is time order. */
function toUtc(instant: string): string {
  return new Date(instant).toISOString();
}
