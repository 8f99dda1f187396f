/**
 * REQUEST: a call of Primer's API and its answer. EFFECT: something that really happened at the provider.
 * WEBHOOK: one try to deliver one.
 */
export type JournalKind = 'REQUEST' | 'EFFECT' | 'WEBHOOK';

export interface NewJournalEntry {
  readonly kind: JournalKind;
  readonly name: string;
  readonly attemptId?: string | undefined;
  readonly paymentId?: string | undefined;
  readonly facts?: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** An entry as it is read back; `sequence` grows without gaps in the order in which things happened. */
export interface JournalEntry {
  readonly sequence: number;
  readonly at: string;
  readonly kind: JournalKind;
  readonly name: string;
  readonly attemptId: string | null;
  readonly paymentId: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
}
