export interface AttemptEvent {
  readonly attemptId: string;
  readonly clientSessionId: string;
  readonly instrument: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly amountMinor: number;
  readonly currency: string;
}

export interface DecisionEvent {
  readonly attemptId: string;
  readonly decision: 'APPROVE' | 'ABORT';
  readonly reason: string;
}

export interface OutcomeEvent {
  readonly attemptId: string;
  readonly outcome: 'APPROVED' | 'REJECTED';
  readonly paymentId: string | null;
}

export interface PaymentStatusEvent {
  readonly paymentId: string;
  readonly orderId: string;
  readonly status: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly updatedAt: string;
}
