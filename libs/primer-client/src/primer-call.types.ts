/** Primer's calls as this client names them; each is one row of {@link PRIMER_CALLS}. */
export type PrimerCallName = keyof typeof PRIMER_CALLS;

/**
 * How a call behaves when it is sent twice.
 * - `read`: changes nothing.
 * - `converging`: the documents say that repetitions converge on one effect (approve, by the attempt's id).
 * - `keyed`: processed once for each `X-Idempotency-Key`; a repetition is answered by an error, not by the first
 *   answer. Without a key it is like `bare`.
 * - `bare`: a repetition may have a second effect, or be refused because the first one had it.
 */
export type Repetition = 'read' | 'converging' | 'keyed' | 'bare';

/**
 * Which of a merchant's circuits a call passes. Each has its own limit and opens by itself, so that no payment, session or
 * read that hangs keeps an attempt from being approved, aborted or fenced.
 */
export const CALL_GROUPS = ['attempts', 'payments', 'reads', 'sessions'] as const;
export type CallGroup = (typeof CALL_GROUPS)[number];

/** One call of Primer's API v2.4. */
export interface PrimerCallDefinition {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** As the provider's documents write it; `{id}` stands for the attempt's or payment's id. */
  readonly route: string;
  readonly repetition: Repetition;
  readonly group: CallGroup;
}

/** Every call that this client makes. */
export const PRIMER_CALLS = {
  approveAttempt: {
    method: 'POST',
    route: '/payment-attempts/{id}/approve',
    repetition: 'converging',
    group: 'attempts',
  },
  abortAttempt: { method: 'POST', route: '/payment-attempts/{id}/abort', repetition: 'bare', group: 'attempts' },
  createClientSession: { method: 'POST', route: '/client-session', repetition: 'bare', group: 'sessions' },
  getClientSession: { method: 'GET', route: '/client-session', repetition: 'read', group: 'sessions' },
  updateClientSession: { method: 'PATCH', route: '/client-session', repetition: 'bare', group: 'sessions' },
  createPayment: { method: 'POST', route: '/payments', repetition: 'keyed', group: 'payments' },
  listPayments: { method: 'GET', route: '/payments', repetition: 'read', group: 'reads' },
  getPayment: { method: 'GET', route: '/payments/{id}', repetition: 'read', group: 'reads' },
  authorizePayment: { method: 'POST', route: '/payments/{id}/authorize', repetition: 'keyed', group: 'payments' },
  capturePayment: { method: 'POST', route: '/payments/{id}/capture', repetition: 'keyed', group: 'payments' },
  cancelPayment: { method: 'POST', route: '/payments/{id}/cancel', repetition: 'keyed', group: 'payments' },
  refundPayment: { method: 'POST', route: '/payments/{id}/refund', repetition: 'keyed', group: 'payments' },
  adjustAuthorization: {
    method: 'POST',
    route: '/payments/{id}/adjust-authorization',
    repetition: 'keyed',
    group: 'payments',
  },
  resumePayment: { method: 'POST', route: '/payments/{id}/resume', repetition: 'bare', group: 'payments' },
} as const satisfies Record<string, PrimerCallDefinition>;

/** One request, before key and version are added. Nothing about it has been checked. */
export interface PrimerRequest {
  readonly call: PrimerCallName;
  /** The attempt's or payment's id, where the route has one. */
  readonly id?: string;
  readonly query?: URLSearchParams;
  /** Sent as JSON; undefined sends no body. `bigint`s become JSON integers. */
  readonly body?: unknown;
  /** Sent as it is instead of `body`, JSON or not. */
  readonly text?: string;
  readonly idempotencyKey?: string;
}
