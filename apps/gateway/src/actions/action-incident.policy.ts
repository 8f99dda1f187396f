import type { NewIncident } from '../incidents/incident.types.ts';
import type { Settled } from './action.types.ts';

/** The incidents of a step as they are written. */
export function toActionIncidents({ action, incidents }: Pick<Settled, 'action' | 'incidents'>): NewIncident[] {
  return incidents.map((kind) => ({
    merchantId: action.merchantId,
    kind,
    subject: action.attemptId,
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
