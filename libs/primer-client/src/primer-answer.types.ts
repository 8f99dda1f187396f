import type { PaymentSnapshot } from '@tollgate/contracts';
import type { ErrorId } from './documented-answers.ts';
import type { LossReason } from './exchange.ts';
import type { PaymentDetails } from './payment-details.types.ts';

/** Primer's error envelope, kept whole (API v2.4; `paymentId` and `paymentStatus` come with some 400 and 409). */
export interface PrimerError {
  readonly errorId: ErrorId;
  readonly description?: string;
  readonly recoverySuggestion?: string;
  /** What Primer's support asks for. */
  readonly diagnosticsId?: string;
  readonly validationErrors?: ReadonlyArray<{
    readonly model?: string;
    readonly errors: ReadonlyArray<{ readonly path?: string; readonly description?: string }>;
  }>;
  readonly paymentId?: string;
  readonly paymentStatus?: string;
}

/** Primer's whole answer to an approve or an abort. */
export interface AnsweredCall {
  readonly kind: 'answered';
  readonly status: number;
  /** False if the body was not JSON of the documented shape, or does not name the attempt that was asked about. */
  readonly understood: boolean;
  readonly paymentId?: string;
  readonly errorId?: ErrorId;
  readonly error?: PrimerError;
  readonly retryAfterMs?: number;
  /**
   * How many earlier tries of this very call may have arrived and were not answered; absent for none. An error then
   * may be the echo of a success: "exists already" of the payment that the first try made.
   */
  readonly triesUnanswered?: number;
}

/** Not one byte left: repeating the call is as safe as making it. */
export interface UnsentCall {
  readonly kind: 'notSent';
  readonly reason: LossReason;
}

/**
 * A byte may have left and what became of it is not known: the connection broke or the time ran out (`status` absent,
 * or that of an answer that broke off), or Primer answered 408 or 5xx.
 */
export interface UnknownCall {
  readonly kind: 'unknown';
  readonly reason: LossReason | 'server-error';
  readonly status?: number;
  readonly retryAfterMs?: number;
}

/** What an approve or an abort came to; everything the gate needs, and never an error thrown for network trouble. */
export type AttemptCall = AnsweredCall | UnsentCall | UnknownCall;

/** Primer's whole answer to a call that makes or changes a payment. */
export interface AnsweredPaymentCall extends Omit<AnsweredCall, 'paymentId'> {
  /** The payment as it is now, of a 200. */
  readonly payment?: PaymentSnapshot;
  /** The same in Primer's own words. */
  readonly read?: PaymentRead;
  /** Of the payment, or of the error: an idempotency key that was used before names the payment it made. */
  readonly paymentId?: string;
}

/**
 * What a call that makes or changes a payment came to. `understood` is false for a 200 without a readable payment of
 * the right id, and for an error without Primer's envelope: neither says what happened.
 */
export type PaymentCall = AnsweredPaymentCall | UnsentCall | UnknownCall;

/** A client session, in our words. */
export interface ClientSession {
  /** Given to the browser, which may pay with it: as confidential as the shopper's checkout. Only where it was made. */
  readonly clientToken?: string;
  readonly clientTokenExpiresAt?: string;
  readonly approvalMode?: string;
  /** The attempt that is current in this session; an older one can be approved no more. */
  readonly currentAttemptId?: string;
  readonly orderId?: string;
  readonly currency?: string;
  readonly amountMinor?: string;
  readonly customerId?: string;
  /** What Primer found odd about the session, `code` first. */
  readonly warnings: ReadonlyArray<{ readonly type?: string; readonly code?: string; readonly message?: string }>;
  /** The answer's JSON, unknown fields included; integers beyond 2^53−1 are bigint. */
  readonly raw: unknown;
}

/** Primer's whole answer to a call that makes or changes a client session. */
export interface AnsweredClientSessionCall extends Omit<AnsweredCall, 'paymentId'> {
  readonly session?: ClientSession;
}

/** What a call that makes or changes a client session came to. */
export type ClientSessionCall = AnsweredClientSessionCall | UnsentCall | UnknownCall;

/** What a read came to. Reads change nothing, so it does not matter whether a byte left. */
export type ReadCall<Found> =
  | {
      readonly kind: 'found';
      readonly value: Found;
      /** Primer's clock when it answered, cut to whole seconds; absent where the answer had no `Date` that can be read. */
      readonly answeredAt?: Date;
    }
  | { readonly kind: 'missing'; readonly status: number; readonly error?: PrimerError }
  | { readonly kind: 'refused'; readonly status: number; readonly error?: PrimerError }
  | {
      readonly kind: 'unavailable';
      readonly reason: LossReason | 'server-error' | 'too-many-requests' | 'not-understood';
      readonly status?: number;
      readonly retryAfterMs?: number;
    };

/** A payment as read: Primer's own words beside ours. */
export interface PaymentRead {
  readonly snapshot: PaymentSnapshot;
  /** All that Primer's documents say a payment has, in their words. */
  readonly details: PaymentDetails;
  /** The answer's JSON, unknown fields included; integers beyond 2^53−1 are bigint. */
  readonly raw: unknown;
}

/** One page of the payment list (summaries: no transactions, no payment method). */
export interface PaymentPage {
  readonly payments: readonly PaymentSnapshot[];
  readonly nextCursor: string | null;
}

/** Takes an entry of the list that is no payment: its id, where that can be read. */
export type OnUnreadable = (paymentId: string | undefined) => void;

/** One of several, where Primer's filter takes a list. */
type OneOrMore = string | readonly string[];

/**
 * Filters of `GET /payments` (API v2.4), all of them. `fromDate` and `toDate` filter by creation, both inclusive;
 * amounts are minor units, inclusive too.
 */
export interface PaymentFilters {
  readonly orderId?: string;
  readonly status?: readonly string[];
  readonly fromDate?: Date;
  readonly toDate?: Date;
  readonly currency?: OneOrMore;
  readonly amountMinorMin?: bigint;
  readonly amountMinorMax?: bigint;
  readonly customerId?: OneOrMore;
  readonly processorName?: OneOrMore;
  readonly last4?: OneOrMore;
  readonly paymentMethodType?: OneOrMore;
  /** Primer's id of the merchant, for keys that see several. */
  readonly merchantId?: OneOrMore;
  readonly customerEmailAddress?: OneOrMore;
  readonly paypalEmail?: OneOrMore;
  readonly klarnaEmail?: OneOrMore;
  /** 1 … 100 payments a page. */
  readonly limit?: number;
}
