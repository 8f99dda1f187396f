import { PrimerError } from '../api/primer.errors.ts';

/** Primer answers 400, not 404, for a payment it does not know. */
export function paymentNotFound(): PrimerError {
  return new PrimerError({
    status: 400,
    errorId: 'PaymentError',
    description: 'The payment could not be found',
  });
}
