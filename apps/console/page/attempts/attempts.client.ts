import type { AttemptListAnswer } from '@tollgate/contracts';
import { askService } from '../api/api.client.ts';
import { type AttemptSearchTerms, toSearchPath } from './attempt-address.policy.ts';

/** Attempts of an order or a customer, or of anybody, the newest first. */
export function searchAttempts(terms: AttemptSearchTerms): Promise<AttemptListAnswer> {
  return askService<AttemptListAnswer>('intake', toSearchPath(terms));
}
