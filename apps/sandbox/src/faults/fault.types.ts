import type { FaultDefinition } from './fault.schema.ts';

/** A fault that was set, with what became of it. */
export interface Fault {
  readonly id: number;
  readonly definition: FaultDefinition;
  /** Tells faults of one seed apart: how many stood before it when it was set. */
  readonly salt: number;
  /** How often its rate was drawn. */
  readonly draws: number;
  readonly strikes: number;
}

/** What a fault may strike: one call of Primer's API. */
export interface CallSubject {
  readonly operation: string;
  readonly attemptId: string | undefined;
  readonly paymentId: string | undefined;
  readonly orderId: string | undefined;
}
