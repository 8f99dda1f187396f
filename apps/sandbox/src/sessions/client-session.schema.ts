import { z } from 'zod';
import { CURRENCY_CODES } from './currency.schema.ts';

/** Primer's integers are int64; a JSON number carries only this much without loss. */
export const amountSchema = z.int().min(0);
export const currencySchema = z.enum(CURRENCY_CODES);
export const referenceSchema = z.string().min(1).max(255);

const shortText = z.string().max(255);
export const countryCodeSchema = z.string().regex(/^[A-Z]{2}$/);

/** The merchant's own pairs: "the values can only be strings or integers". */
export const metadataSchema = z.record(z.string(), z.union([z.string(), z.int()]));

const addressSchema = z.strictObject({
  firstName: referenceSchema.optional(),
  lastName: referenceSchema.optional(),
  addressLine1: referenceSchema.optional(),
  addressLine2: shortText.optional(),
  city: referenceSchema.optional(),
  state: referenceSchema.optional(),
  countryCode: countryCodeSchema.optional(),
  postalCode: referenceSchema.optional(),
});

export const customerSchema = z.strictObject({
  emailAddress: z.email().optional(),
  mobileNumber: referenceSchema.optional(),
  firstName: referenceSchema.optional(),
  lastName: referenceSchema.optional(),
  billingAddress: addressSchema.optional(),
  shippingAddress: addressSchema.optional(),
  taxId: shortText.optional(),
  nationalDocumentId: shortText.optional(),
});

const lineItemSchema = z.strictObject({
  itemId: referenceSchema.optional(),
  name: shortText.optional(),
  description: shortText.optional(),
  amount: amountSchema,
  quantity: z.int().default(1),
  discountAmount: amountSchema.optional(),
  taxAmount: amountSchema.optional(),
  taxCode: referenceSchema.optional(),
  productType: z.enum(['PHYSICAL', 'DIGITAL']).optional(),
  productData: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});

export const orderSchema = z.strictObject({
  lineItems: z.array(lineItemSchema).optional(),
  countryCode: countryCodeSchema.optional(),
  retailerCountryCode: countryCodeSchema.optional(),
  fees: z
    .array(
      z.strictObject({
        amount: amountSchema,
        type: referenceSchema.optional(),
        description: referenceSchema.optional(),
      }),
    )
    .optional(),
  shipping: z
    .strictObject({
      amount: amountSchema.optional(),
      methodId: z.string().optional(),
      methodName: z.string().optional(),
      methodDescription: z.string().optional(),
    })
    .optional(),
});

const paymentMethodSchema = z.strictObject({
  vaultOnSuccess: z.boolean().optional(),
  vaultOn3DS: z.boolean().optional(),
  vaultOnAgreement: z.boolean().optional(),
  descriptor: shortText.optional(),
  paymentMethodType: z.string().optional(),
  paymentType: z.enum(['FIRST_PAYMENT', 'ECOMMERCE', 'SUBSCRIPTION', 'UNSCHEDULED']).optional(),
  orderedAllowedCardNetworks: z.array(z.string()).optional(),
  options: z.record(z.string(), z.unknown()).optional(),
  authorizationType: z.enum(['ESTIMATED', 'FINAL']).optional(),
  firstPaymentReason: z.enum(['CardOnFile', 'Recurring', 'Unscheduled']).optional(),
});

/** What a session says of its checkout. Nothing is required; unknown fields are refused. */
export const clientSessionDetailsSchema = z.strictObject({
  orderId: referenceSchema.optional(),
  currencyCode: currencySchema.optional(),
  amount: amountSchema.optional(),
  order: orderSchema.optional(),
  customerId: referenceSchema.optional(),
  customer: customerSchema.optional(),
  metadata: metadataSchema.optional(),
  paymentMethod: paymentMethodSchema.optional(),
});

/** Body of `POST /client-session`. */
export const clientSessionRequestSchema = clientSessionDetailsSchema.extend({
  approvalMode: z.enum(['AUTO', 'MANUAL']).default('AUTO'),
});
export type ClientSessionRequest = z.output<typeof clientSessionRequestSchema>;

/**
 * Body of `PATCH /client-session`: only what shall change, `null` to clear it. The approval mode cannot be changed, nor
 * can `paymentMethod.options`.
 */
export const clientSessionUpdateSchema = z.strictObject({
  clientToken: z.string().min(1),
  orderId: referenceSchema.nullish(),
  currencyCode: currencySchema.nullish(),
  amount: amountSchema.nullish(),
  order: clearable(orderSchema).nullish(),
  customerId: referenceSchema.nullish(),
  customer: clearable(customerSchema).nullish(),
  metadata: metadataSchema.nullish(),
  paymentMethod: clearable(paymentMethodSchema.omit({ options: true })).nullish(),
});
export type ClientSessionUpdate = z.output<typeof clientSessionUpdateSchema>;

/** The same object, whose every field may be `null`. */
function clearable<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) {
  return z.strictObject(
    Object.fromEntries(Object.entries(schema.shape).map(([name, field]) => [name, z.nullish(field)])),
  );
}

/** Query of `GET /client-session`. */
export const clientSessionQuerySchema = z.object({ clientToken: z.string().min(1) });
