import type { PaymentStatus } from '@tollgate/contracts';

/** One of the documented words, or one that Primer added since. */
export type OpenWord<Known extends string> = Known | (string & Record<never, never>);

/** An instant in UTC with microseconds: `2021-02-21T15:36:16.367687Z`. */
export type UtcInstant = string;

/** Why a payment has its status; most useful for DECLINED and FAILED. */
export interface StatusReason {
  readonly type?: OpenWord<'APPLICATION_ERROR' | 'GATEWAY_REJECTED' | 'GATEWAY_TIMEOUT' | 'ISSUER_DECLINED'>;
  readonly declineType?: OpenWord<'SOFT_DECLINE' | 'HARD_DECLINE'>;
  readonly code?: OpenWord<
    | 'ERROR'
    | 'INVALID_CARD_NUMBER'
    | 'EXPIRED_CARD'
    | 'LOST_OR_STOLEN_CARD'
    | 'SUSPECTED_FRAUD'
    | 'UNKNOWN'
    | 'DECLINED'
    | 'REFER_TO_CARD_ISSUER'
    | 'DO_NOT_HONOR'
    | 'INSUFFICIENT_FUNDS'
    | 'WITHDRAWAL_LIMIT_EXCEEDED'
    | 'ISSUER_TEMPORARILY_UNAVAILABLE'
    | 'AUTHENTICATION_REQUIRED'
  >;
  readonly message?: string;
  readonly advisedAction?: OpenWord<'RETRY_LATER' | 'UPDATE_DATA' | 'DO_NOT_RETRY' | 'STOP_ALL_PAYMENTS'>;
  readonly paymentMethodResultCode?: string;
  readonly paymentMethodResultMessage?: string;
  readonly paymentMethodAdviceCode?: string;
  readonly paymentMethodAdviceMessage?: string;
}

/** What Primer knows of the card's BIN; its words are open. */
export interface BinData {
  readonly network?: string;
  readonly issuerCountryCode?: string;
  readonly issuerName?: string;
  readonly issuerCurrencyCode?: string;
  readonly regionalRestriction?: string;
  readonly accountNumberType?: string;
  readonly accountFundingType?: string;
  readonly prepaidReloadableIndicator?: string;
  readonly productUsageType?: string;
  readonly productCode?: string;
  readonly productName?: string;
}

/** Of a card, as far as Primer shows it; absent for other methods. */
export interface CardDetails {
  readonly first6Digits?: string;
  readonly last4Digits?: string;
  readonly expirationMonth?: string;
  readonly expirationYear?: string;
  readonly cardholderName?: string;
  readonly network?: string;
  readonly isNetworkTokenized?: boolean;
  readonly binData?: BinData;
}

export interface PaymentMethodDetails {
  readonly paymentMethodType?: string;
  readonly paymentType?: OpenWord<'FIRST_PAYMENT' | 'ECOMMERCE' | 'SUBSCRIPTION' | 'UNSCHEDULED'>;
  readonly authorizationType?: OpenWord<'ESTIMATED' | 'FINAL'>;
  readonly descriptor?: string;
  readonly isVaulted?: boolean;
  /** Pays again when it is vaulted: a secret. */
  readonly paymentMethodToken?: string;
  /** The same for the same card, whatever the token. */
  readonly analyticsId?: string;
  readonly card?: CardDetails;
  readonly threeDSecureAuthentication?: {
    readonly responseCode?: OpenWord<
      'NOT_PERFORMED' | 'SKIPPED' | 'AUTH_SUCCESS' | 'AUTH_FAILED' | 'CHALLENGE' | 'METHOD'
    >;
    readonly reasonCode?: string;
    readonly reasonText?: string;
    readonly protocolVersion?: string;
    readonly challengeIssued?: boolean;
  };
}

/** What the shopper has to do before the payment goes on. */
export interface RequiredAction {
  readonly name?: OpenWord<'3DS_AUTHENTICATION' | 'USE_PRIMER_SDK' | 'PAYMENT_METHOD_VOUCHER' | 'PROCESSOR_3DS'>;
  readonly description?: string;
  /** Given to the browser's SDK. */
  readonly clientToken?: string;
}

/** A sale or a refund within the payment; a fallback makes a second sale. */
export interface TransactionDetails {
  readonly transactionType?: OpenWord<'SALE' | 'REFUND'>;
  readonly processorTransactionId?: string;
  readonly processorName?: string;
  readonly processorMerchantId?: string;
  readonly processorStatus?: OpenWord<PaymentStatus>;
  readonly processorStatusReason?: StatusReason;
  readonly date?: UtcInstant;
  readonly amount?: bigint;
  readonly currencyCode?: string;
  readonly orderId?: string;
  readonly reason?: string;
  readonly cardTokenType?: string;
  /** Absent where the read did not expand them, which is not "none". */
  readonly events?: ReadonlyArray<{
    readonly id?: string;
    readonly processorEventId?: string;
    readonly type?: OpenWord<
      'AUTHORIZATION_SUCCEEDED' | 'AUTHORIZATION_ADJUSTMENT_SUCCEEDED' | 'CAPTURE_SUCCEEDED' | 'CANCELLATION_SUCCEEDED'
    >;
    readonly date?: UtcInstant;
    readonly amount?: bigint;
    readonly final?: boolean;
  }>;
}

/** What fraud checks, CVV and address said. */
export interface RiskDetails {
  readonly fraudChecks?: {
    readonly source?: string;
    readonly preAuthorizationResult?: OpenWord<'ACCEPT' | 'REFUSE' | 'FAILED' | 'THREE_DS' | 'THREE_DS_EXEMPTION'>;
    readonly preAuthorizationRecommendation?: OpenWord<'TRANSACTION_RISK_ANALYSIS'>;
    readonly postAuthorizationResult?: OpenWord<'ACCEPT' | 'REFUSE' | 'FAILED' | 'THREE_DS'>;
  };
  readonly cvvCheck?: { readonly source?: string; readonly result?: string };
  readonly avsCheck?: {
    readonly source?: string;
    readonly result?: { readonly streetAddress?: string; readonly postalCode?: string };
  };
}

/**
 * A payment in Primer's own words (API v2.4). Amounts are minor units. Whatever was not there, or made no sense, is
 * absent; words that nobody has documented stay as they came.
 */
export interface PaymentDetails {
  readonly id: string;
  readonly status: OpenWord<PaymentStatus>;
  readonly date?: UtcInstant;
  readonly dateUpdated?: UtcInstant;
  readonly orderId?: string;
  readonly currencyCode?: string;
  readonly amount?: bigint;
  readonly cardTokenType?: OpenWord<'CARD_PAN' | 'NETWORK_TOKEN' | 'PROCESSOR_TOKEN'>;
  readonly customerId?: string;
  /** As given with the payment; one page of the documents calls the address `email`, the others `emailAddress`. */
  readonly customer?: { readonly emailAddress?: string; readonly firstName?: string; readonly lastName?: string };
  readonly metadata?: Readonly<Record<string, string | number | bigint>>;
  readonly paymentMethod?: PaymentMethodDetails;
  readonly processor?: {
    readonly name?: string;
    readonly processorMerchantId?: string;
    readonly amountCaptured?: bigint;
    readonly amountRefunded?: bigint;
  };
  readonly requiredAction?: RequiredAction;
  readonly statusReason?: StatusReason;
  readonly transactions: readonly TransactionDetails[];
  readonly riskData?: RiskDetails;
}
