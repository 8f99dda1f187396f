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

/** One call of Primer's API v2.4. */
export interface PrimerCallDefinition {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** As the provider's documents write it; `{id}` stands for the attempt's or payment's id. */
  readonly route: string;
  readonly repetition: Repetition;
}

/** Every call that this client makes. */
export const PRIMER_CALLS = {
  approveAttempt: { method: 'POST', route: '/payment-attempts/{id}/approve', repetition: 'converging' },
  abortAttempt: { method: 'POST', route: '/payment-attempts/{id}/abort', repetition: 'bare' },
  createClientSession: { method: 'POST', route: '/client-session', repetition: 'bare' },
  getClientSession: { method: 'GET', route: '/client-session', repetition: 'read' },
  updateClientSession: { method: 'PATCH', route: '/client-session', repetition: 'bare' },
  createPayment: { method: 'POST', route: '/payments', repetition: 'keyed' },
  listPayments: { method: 'GET', route: '/payments', repetition: 'read' },
  getPayment: { method: 'GET', route: '/payments/{id}', repetition: 'read' },
  authorizePayment: { method: 'POST', route: '/payments/{id}/authorize', repetition: 'keyed' },
  capturePayment: { method: 'POST', route: '/payments/{id}/capture', repetition: 'keyed' },
  cancelPayment: { method: 'POST', route: '/payments/{id}/cancel', repetition: 'keyed' },
  refundPayment: { method: 'POST', route: '/payments/{id}/refund', repetition: 'keyed' },
  adjustAuthorization: { method: 'POST', route: '/payments/{id}/adjust-authorization', repetition: 'keyed' },
  resumePayment: { method: 'POST', route: '/payments/{id}/resume', repetition: 'bare' },
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
