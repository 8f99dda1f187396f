/** One request to Primer's API whose key and version were accepted. */
export interface PrimerCall {
  /** The provider's operation, as the journal names it: `approve_payment_attempt`. */
  readonly operation: string;
  readonly method: string;
  /** The path with its parameters' names, as the provider's documents write it. */
  readonly route: string;
  readonly tenantId: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: Buffer | undefined;
  /** `X-Idempotency-Key`, on the calls that take one. */
  readonly idempotencyKey?: string | undefined;
}
