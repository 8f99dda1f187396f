import type { PaymentInstrument } from '../cards/payment-instrument.types.ts';
import type { PaymentStatus } from './payment.states.ts';

/** What was bought and by whom, copied from the client session when the payment is made. */
export interface Purchase {
  readonly orderId: string;
  readonly currencyCode: string;
  /** Minor units; whole and no more than 2^53 − 1, what a JSON number carries without loss. */
  readonly amount: number;
  readonly order?: object | undefined;
  readonly customerId?: string | undefined;
  readonly customer?: { readonly emailAddress?: string | undefined } | undefined;
  readonly metadata?: object | undefined;
  readonly descriptor?: string | undefined;
  readonly paymentType?: string | undefined;
  readonly authorizationType?: string | undefined;
  readonly vault?: VaultWish | undefined;
}

/** When the card is to be kept for payments to come. */
export interface VaultWish {
  readonly onSuccess: boolean;
  readonly on3DS: boolean;
  readonly onAgreement: boolean;
}

/** Why a payment was declined or failed, in Primer's fields. */
export interface StatusReason {
  readonly type: 'APPLICATION_ERROR' | 'GATEWAY_REJECTED' | 'GATEWAY_TIMEOUT' | 'ISSUER_DECLINED';
  readonly declineType?: 'SOFT_DECLINE' | 'HARD_DECLINE';
  readonly code?: string;
  readonly message?: string;
  readonly advisedAction?: 'RETRY_LATER' | 'UPDATE_DATA' | 'DO_NOT_RETRY' | 'STOP_ALL_PAYMENTS';
}

export interface TransactionEvent {
  readonly id: string;
  readonly atMicros: number;
  readonly type:
    'AUTHORIZATION_SUCCEEDED' | 'AUTHORIZATION_ADJUSTMENT_SUCCEEDED' | 'CAPTURE_SUCCEEDED' | 'CANCELLATION_SUCCEEDED';
  readonly amount: number;
  /** Of a capture alone: whether it was the last one. */
  readonly final?: boolean;
}

export interface Transaction {
  readonly type: 'SALE' | 'REFUND';
  readonly atMicros: number;
  readonly amount: number;
  readonly processorTransactionId: string;
  readonly status: PaymentStatus;
  readonly statusReason?: StatusReason | undefined;
  readonly events: readonly TransactionEvent[];
  /** A refund's own reference; a sale goes by the payment's. */
  readonly orderId?: string | undefined;
  /** The merchant's words on a cancellation or refund. */
  readonly reason?: string | undefined;
  /** Of a refund: the one capture that it gives back, when the merchant named it. */
  readonly captureEventId?: string | undefined;
}

/** One account of the merchant at a processor. */
export interface ProcessorAccount {
  readonly name: string;
  readonly processorMerchantId: string;
}

/** How the shopper's bank was asked whether it is the shopper who pays. */
export interface ThreeDSecure {
  readonly responseCode: 'NOT_PERFORMED' | 'SKIPPED' | 'AUTH_SUCCESS' | 'AUTH_FAILED' | 'CHALLENGE';
  readonly protocolVersion?: string;
  readonly challengeIssued?: boolean;
}

/** What must happen before a payment goes on. Only the digest of the token that the browser will hold is kept. */
export interface RequiredAction {
  readonly name: '3DS_AUTHENTICATION';
  readonly description: string;
  readonly clientToken: string;
  readonly resume?: { readonly tokenHash: string; readonly passed: boolean } | undefined;
}

/** A payment as the emulator keeps it; `payment-answer.policy.ts` turns it into Primer's object. */
export interface Payment extends Purchase {
  readonly id: string;
  readonly tenantId: string;
  readonly paymentAttemptId?: string | undefined;
  readonly status: PaymentStatus;
  readonly statusReason?: StatusReason | undefined;
  readonly createdAtMicros: number;
  readonly updatedAtMicros: number;
  readonly instrument: PaymentInstrument;
  /** What may be captured in all; 0 until the authorisation and when there was none. */
  readonly amountAuthorized: number;
  /** Whether a final capture was made: nothing more can be captured then. */
  readonly captureIsFinal: boolean;
  readonly amountCaptured: number;
  /** Refunds that were made or are under way. */
  readonly amountRefunded: number;
  readonly processor: ProcessorAccount;
  readonly threeDSecure: ThreeDSecure;
  readonly requiredAction?: RequiredAction | undefined;
  /** Whether the token in `instrument` is one that stays, for payments to come. */
  readonly isVaulted: boolean;
  readonly transactions: readonly Transaction[];
}
