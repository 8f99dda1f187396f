/**
 * Whose attempt is meant. Ids of attempts, customers and orders are a shop's own: two shops may use the same ones, and
 * what one says about its customer says nothing about the other's.
 */
export interface AttemptAddress {
  readonly paymentAttemptId: string;
  /** Absent: of whichever merchant has it. */
  readonly merchantId?: string | undefined;
}

/** What is asked of the list of attempts. */
export interface AttemptSearchTerms {
  /** Absent: of every merchant. */
  readonly merchantId?: string | undefined;
  readonly orderId?: string;
  readonly customerId?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

/** The path of a service's list, with those terms that there are. */
export function toSearchPath(terms: AttemptSearchTerms): string {
  return `/v1/attempts${toQuery({ ...terms })}`;
}

/** Where each service tells of one attempt: all of the same merchant's. */
export function toTracePaths({ paymentAttemptId, merchantId }: AttemptAddress) {
  const id = encodeURIComponent(paymentAttemptId);
  const whose = toQuery({ merchantId });
  return {
    intake: `/v1/attempts/${id}${whose}`,
    risk: `/v1/decisions/${id}${whose}`,
    gateway: `/v1/actions/${id}${whose}`,
    approvals: `/v0/approvals${toQuery({ resourceType: 'payment_attempt', resourceId: paymentAttemptId, merchantId })}`,
  };
}

/** Where the ledger tells of a payment of that merchant. */
export function toBookPaths(paymentId: string, merchantId: string | undefined, limit: number) {
  return {
    payment: `/v1/payments/${encodeURIComponent(paymentId)}${toQuery({ merchantId })}`,
    journal: `/v1/journal${toQuery({ limit, paymentId, merchantId })}`,
  };
}

/** The attempt's place on this page. */
export function toAttemptHref({ paymentAttemptId, merchantId }: AttemptAddress): string {
  return `/attempts/${encodeURIComponent(paymentAttemptId)}${toQuery({ merchant: merchantId })}`;
}

function toQuery(fields: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query}`;
}
