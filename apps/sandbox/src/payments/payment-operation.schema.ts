import { z } from 'zod';
import { amountSchema, countryCodeSchema, metadataSchema } from '../sessions/client-session.schema.ts';

/** What an answer shall show more of. */
export const expandSchema = z.array(z.enum(['transactions.events'])).nullish();

/** Body of `POST /payments/{id}/capture`. */
export const captureRequestSchema = z.strictObject({
  amount: amountSchema.optional(),
  final: z.boolean().default(true),
  order: z.object({ retailerCountryCode: countryCodeSchema.optional() }).optional(),
  metadata: metadataSchema.optional(),
  expand: expandSchema,
});

/** Body of `POST /payments/{id}/cancel`. */
export const cancelRequestSchema = z.strictObject({ reason: z.string().optional(), expand: expandSchema });

/** Body of `POST /payments/{id}/refund`. */
export const refundRequestSchema = z.strictObject({
  amount: amountSchema.optional(),
  orderId: z.string().optional(),
  reason: z.string().optional(),
  transactionEventId: z.guid().toLowerCase().optional(),
  expand: expandSchema,
});

/** Body of `POST /payments/{id}/authorize`; unlike the others it may hold more than is known. */
export const authorizeRequestSchema = z.object({
  processor: z.object({ processorMerchantId: z.string(), name: z.string().optional() }),
  expand: expandSchema,
});

/** Body of `POST /payments/{id}/adjust-authorization`; it too may hold more than is known. */
export const adjustRequestSchema = z.object({ amount: amountSchema, expand: expandSchema });

/** Body of `POST /payments/{id}/resume`. */
export const resumeRequestSchema = z.strictObject({ resumeToken: z.guid().toLowerCase() });
