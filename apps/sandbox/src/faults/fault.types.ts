import type { WebhookEventType } from '../webhooks/webhook.types.ts';
import type { CallFault, FaultDefinition, WebhookFault } from './fault.schema.ts';

/** A fault that was set, with what became of it. */
export interface Fault<Definition extends FaultDefinition = FaultDefinition> {
  readonly id: number;
  readonly definition: Definition;
  /** Tells faults of one seed apart: how many stood before it when it was set. */
  readonly salt: number;
  /** How often its rate was drawn. */
  readonly draws: number;
  readonly strikes: number;
}

/** Faults that strike again and again; the list's lag is a state. */
export type StrikingFault = CallFault | WebhookFault;

/** What something is about, as far as it can be told. */
export interface FaultTarget {
  readonly attemptId: string | undefined;
  readonly paymentId: string | undefined;
  readonly orderId: string | undefined;
}

/** The same of one tenant: two of them may use the same order id. */
export interface FaultSubject extends FaultTarget {
  readonly tenantId: string;
}

/** One call of Primer's API. */
export interface CallSubject extends FaultSubject {
  readonly operation: string;
}

/** One webhook that is about to be queued. */
export interface WebhookSubject extends FaultSubject {
  readonly eventType: WebhookEventType;
}
