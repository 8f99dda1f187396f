import type { PaymentSnapshot } from '@tollgate/contracts';
import type { ClaimedRead } from './read-back.repository.ts';

/** What came of one read. `missing` is an answer too: the provider does not show the payment. */
export type ReadResult =
  | { readonly kind: 'found'; readonly claim: ClaimedRead; readonly snapshot: PaymentSnapshot; readonly raw: unknown }
  | { readonly kind: 'missing'; readonly claim: ClaimedRead }
  | FailedRead;

/** A read that brought nothing, and will be tried again. */
export interface FailedRead {
  readonly kind: 'failed';
  readonly claim: ClaimedRead;
  readonly reason: string;
  /** Primer is away, or refuses the key: no read of this merchant would do better. */
  readonly isOutage: boolean;
  readonly retryAfterMs: number;
}
