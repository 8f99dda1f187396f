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
}

export interface Transaction {
  readonly type: 'SALE' | 'REFUND';
  readonly atMicros: number;
  readonly amount: number;
  readonly processorTransactionId: string;
  readonly status: PaymentStatus;
  readonly statusReason?: StatusReason | undefined;
  readonly events: readonly TransactionEvent[];
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
  readonly amountCaptured: number;
  readonly amountRefunded: number;
  readonly transactions: readonly Transaction[];
}
