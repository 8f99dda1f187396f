/** What a payment's news says about it; merged over all of it. */
export interface PaymentFate {
  readonly merchantId: string;
  readonly paymentId: string;
  readonly authorised: boolean;
  readonly declined: boolean;
  readonly refunded: boolean;
  readonly disputed: boolean;
  readonly disputeLost: boolean;
  readonly amountMinor: string | null;
  readonly currency: string | null;
  readonly bin: string | null;
  readonly last4: string | null;
  readonly network: string | null;
  readonly issuerCountry: string | null;
}

/** A concluded and decided attempt beside what is known of its payment. */
export interface AttemptFateRow {
  readonly merchant_id: string;
  readonly attempt_id: string;
  readonly outcome: string;
  readonly counted: readonly string[];
  readonly card: string | null;
  readonly customer: string | null;
  readonly claimed_amount: string;
  readonly claimed_currency: string;
  readonly claimed_bin: string | null;
  readonly claimed_last4: string | null;
  readonly claimed_network: string | null;
  readonly claimed_country: string | null;
  readonly declined: boolean | null;
  readonly refunded: boolean | null;
  readonly disputed: boolean | null;
  readonly amount_minor: string | null;
  readonly currency: string | null;
  readonly bin: string | null;
  readonly last4: string | null;
  readonly network: string | null;
  readonly issuer_country: string | null;
}

/** What a card or a customer is remembered by. */
export interface SubjectHistory {
  readonly approved: number;
  readonly aborted: number;
  readonly declined: number;
  readonly refunded: number;
  readonly disputed: number;
  /** What the provider has confirmed otherwise than it was claimed: see {@link MISMATCHES}. Sorted. */
  readonly mismatched: readonly string[];
}

/** What is added to a subject's history. */
export interface HistoryCredit extends SubjectHistory {
  readonly key: string;
}

/** What an attempt has told its subjects by now. */
export interface CountedFate {
  readonly merchantId: string;
  readonly attemptId: string;
  readonly counted: readonly string[];
}
