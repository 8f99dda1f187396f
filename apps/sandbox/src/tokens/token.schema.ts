import { z } from 'zod';
import { paymentMethodWish } from '../cards/payment-method.schema.ts';
import { referenceSchema } from '../sessions/client-session.schema.ts';

/** Text or a number: a month written by hand is easily either. */
function digits(pattern: RegExp, error: string) {
  return z
    .union([z.string(), z.int()])
    .transform((value) => String(value).padStart(2, '0'))
    .pipe(z.string().regex(pattern, { error }));
}

/** Body of `POST /_sandbox/tokens`. */
export const tokenWishSchema = z
  .strictObject({
    ...paymentMethodWish,
    cardholderName: referenceSchema.default('John Doe'),
    expirationMonth: digits(/^(?:0[1-9]|1[0-2])$/, 'must be a month, 01 to 12').optional(),
    expirationYear: digits(/^\d{4}$/, 'must be a year of four digits').optional(),
    customerId: referenceSchema.optional(),
    reusable: z.boolean().default(false).describe('A vaulted token, as an earlier payment would have left it'),
    clientSessionId: z.guid().toLowerCase().optional().describe('The session in which the card is entered'),
  })
  .refine(({ paymentMethodType, cardNumber }) => paymentMethodType !== 'PAYMENT_CARD' || cardNumber !== undefined, {
    path: ['cardNumber'],
    error: 'is required of a card',
  });
export type TokenWish = z.output<typeof tokenWishSchema>;

export const tokenMadeSchema = z.object({ token: z.string() });
export type TokenMade = z.output<typeof tokenMadeSchema>;
