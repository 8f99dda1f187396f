import type { AttemptListAnswer } from '@tollgate/contracts';
import { askService } from '../api/api.client.ts';

export interface AttemptSearchTerms {
  readonly orderId?: string;
  readonly customerId?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

/** Attempts of an order or a customer, or of anybody, the newest first. */
export function searchAttempts(terms: AttemptSearchTerms): Promise<AttemptListAnswer> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(terms)) query.set(name, String(value));
  return askService<AttemptListAnswer>('intake', `/v1/attempts?${query}`);
}
