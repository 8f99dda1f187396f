import { z } from 'zod';
import { ACCOUNT_TYPES } from './payment-instrument.types.ts';

/** What a shopper pays with. A card's number says what becomes of it; of an account the mock is told. */
export const paymentMethodWish = {
  paymentMethodType: z.enum(['PAYMENT_CARD', ...ACCOUNT_TYPES]).default('PAYMENT_CARD'),
  cardNumber: z
    .string()
    .regex(/^\d{12,19}$/, { error: 'must be 12 to 19 digits' })
    .optional(),
  emailAddress: z.email().default('john.doe@example.com').describe('Of the shopper’s account, where that pays'),
  outcome: z
    .enum(['AUTHORISE', 'DECLINE', 'FAIL'])
    .default('AUTHORISE')
    .describe('What becomes of a payment by an account'),
};

const paymentMethodSchema = z.object(paymentMethodWish);
export type PaymentMethodWish = z.output<typeof paymentMethodSchema>;
