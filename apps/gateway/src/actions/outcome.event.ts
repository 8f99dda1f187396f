import { AttemptConcluded, AttemptOutcomeUnknown, event, type OutgoingEvent } from '@tollgate/contracts';
import type { Action } from './action.types.ts';
import { toConcluded, toOutcomeUnknown } from './outcome.policy.ts';

/**
 * The event that tells the others. Caused by the attempt itself: however often it is written, it is one event.
 */
export function toOutcomeEvent(action: Action, announce: 'concluded' | 'outcome-unknown'): OutgoingEvent {
  const shared = {
    subject: action.attemptId,
    cause: { source: '/tollgate/gateway/attempt-action', id: `${action.merchantId}/${action.attemptId}` },
    ...(action.traceparent === null ? {} : { traceparent: action.traceparent }),
  };
  return announce === 'concluded'
    ? event({ definition: AttemptConcluded, data: toConcluded(action), ...shared })
    : event({ definition: AttemptOutcomeUnknown, data: toOutcomeUnknown(action), ...shared });
}
