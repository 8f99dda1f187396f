import type { NewIncident } from '../incidents/incident.types.ts';
import type { IncidentKind, Settled } from './action.types.ts';

/** Kinds that concern all of a merchant's attempts: one row for the merchant, not one for each attempt. */
const OF_THE_MERCHANT: ReadonlySet<IncidentKind> = new Set(['KEY_REFUSED']);

/** The incidents of a step as they are written. */
export function toActionIncidents({ action, incidents }: Pick<Settled, 'action' | 'incidents'>): NewIncident[] {
  return incidents.map((kind) => ({
    merchantId: action.merchantId,
    kind,
    subject: OF_THE_MERCHANT.has(kind) ? null : action.attemptId,
    attemptId: action.attemptId,
    paymentId: action.paymentId,
    facts: {
      state: action.state,
      step: action.step,
      decision: action.decision.decision,
      orderId: action.order.orderId,
      amountMinor: action.order.amountMinor,
      currency: action.order.currency,
      lastAnswer: action.lastAnswer,
    },
  }));
}
