import { z } from 'zod';
import {
  amountSchema,
  currencySchema,
  customerSchema,
  metadataSchema,
  orderSchema,
} from '../sessions/client-session.schema.ts';
import { expandSchema } from './payment-operation.schema.ts';

/** "Maximum length: 256" on the page "Create a payment", where sessions have 255. */
const referenceSchema = z.string().min(1).max(256);

const paymentMethodSchema = z.object({
  vaultOnSuccess: z.boolean().optional(),
  vaultOn3DS: z.boolean().optional(),
  vaultOnAgreement: z.boolean().optional(),
  descriptor: z.string().max(255).optional(),
  paymentType: z.enum(['FIRST_PAYMENT', 'ECOMMERCE', 'SUBSCRIPTION', 'UNSCHEDULED']).optional(),
  authorizationType: z.enum(['ESTIMATED', 'FINAL']).optional(),
  firstPaymentReason: z.enum(['CardOnFile', 'Recurring', 'Unscheduled']).optional(),
});

/** Body of `POST /payments`: all but the token may come from the client session instead. */
export const createPaymentRequestSchema = z.strictObject({
  paymentMethodToken: z.string().min(1),
  orderId: referenceSchema.optional(),
  currencyCode: currencySchema.optional(),
  amount: amountSchema.optional(),
  order: orderSchema.optional(),
  customerId: referenceSchema.optional(),
  customer: customerSchema.optional(),
  metadata: metadataSchema.optional(),
  paymentMethod: paymentMethodSchema.optional(),
  expand: expandSchema,
});
export type CreatePaymentRequest = z.output<typeof createPaymentRequestSchema>;
