/** What the shop posts, as far as it is read. */
export interface PostedAttempt {
  readonly paymentAttemptId: string;
  readonly clientSessionId: string;
  readonly paymentMethodToken: { readonly analyticsId: string };
  readonly order: { orderId: string; amount: number; currencyCode: string; customerId: string };
}

export interface DecisionMessage {
  readonly attemptId: string;
  readonly decision: 'APPROVE' | 'ABORT';
  readonly reason: string;
}

export interface OutcomeMessage {
  readonly attemptId: string;
  readonly outcome: string;
  readonly paymentId: string | null;
}

/** The provider's payment, as far as it is read. */
export interface ProviderPayment {
  readonly id: string;
  readonly orderId: string;
  readonly status: string;
  readonly amount: number;
  readonly currencyCode: string;
  /** UTC without a zone. */
  readonly dateUpdated: string;
}
