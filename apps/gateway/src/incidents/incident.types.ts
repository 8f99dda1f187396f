import type { IncidentKind } from '../actions/action.types.ts';

/** Something that needs a person, as it is written. */
export interface NewIncident {
  readonly merchantId: string;
  readonly kind: IncidentKind;
  /** The attempt or command it is about; null for what concerns all of a merchant's. Of some kinds it is always that. */
  readonly subject: string | null;
  readonly attemptId: string | null;
  readonly paymentId: string | null;
  /** What an operator needs to see: ids, statuses, amounts; never a secret or card data. */
  readonly facts: Readonly<Record<string, string | number | null>>;
}
