import { z } from 'zod';
import { COUNTRY_CODES } from './country.schema.ts';
import { CURRENCY_CODES } from './currency.schema.ts';

/** Primer's integers are int64; a JSON number carries only this much without loss. */
export const amountSchema = z.int().min(0);
export const currencySchema = z.enum(CURRENCY_CODES);
export const referenceSchema = z.string().min(1).max(255);

const shortText = z.string().max(255);
export const countryCodeSchema = z.enum(COUNTRY_CODES);

/** The merchant's own pairs: "the values can only be strings or integers". */
export const metadataSchema = z.record(z.string(), z.union([z.string(), z.int()]));

/*
 * The body itself takes no unknown field ("additionalProperties: false"); the objects inside of it do, by the same
 * documents, and Primer makes nothing of them.
 */
const addressSchema = z.object({
  firstName: referenceSchema.optional(),
  lastName: referenceSchema.optional(),
  addressLine1: referenceSchema.optional(),
  addressLine2: shortText.optional(),
  city: referenceSchema.optional(),
  state: referenceSchema.optional(),
  countryCode: countryCodeSchema.optional(),
  postalCode: referenceSchema.optional(),
});

export const customerSchema = z.object({
  emailAddress: z.email().optional(),
  mobileNumber: referenceSchema.optional(),
  firstName: referenceSchema.optional(),
  lastName: referenceSchema.optional(),
  billingAddress: addressSchema.optional(),
  shippingAddress: addressSchema.optional(),
  taxId: shortText.optional(),
  nationalDocumentId: shortText.optional(),
});

const productDataSchema = z.object({
  sku: referenceSchema.optional(),
  brand: referenceSchema.optional(),
  color: referenceSchema.optional(),
  globalTradeItemNumber: referenceSchema.optional(),
  manufacturerPartNumber: referenceSchema.optional(),
  weight: z.number().min(0).optional(),
  weightUnit: referenceSchema.optional(),
  pageUrl: z.string().min(1).max(1024).optional(),
});

const lineItemSchema = z.object({
  itemId: referenceSchema.optional(),
  name: shortText.optional(),
  description: shortText.optional(),
  amount: amountSchema,
  quantity: z.int().default(1),
  discountAmount: amountSchema.optional(),
  taxAmount: amountSchema.optional(),
  taxCode: referenceSchema.optional(),
  productType: z.enum(['PHYSICAL', 'DIGITAL']).optional(),
  productData: productDataSchema.optional(),
});

export const orderSchema = z.object({
  lineItems: z.array(lineItemSchema).optional(),
  countryCode: countryCodeSchema.optional(),
  retailerCountryCode: countryCodeSchema.optional(),
  fees: z
    .array(
      z.object({
        amount: amountSchema,
        type: referenceSchema.optional(),
        description: referenceSchema.optional(),
      }),
    )
    .optional(),
  shipping: z
    .object({
      amount: amountSchema.optional(),
      methodId: z.string().optional(),
      methodName: z.string().optional(),
      methodDescription: z.string().optional(),
    })
    .optional(),
});

const CARD_NETWORKS = [
  ...['VISA', 'MASTERCARD', 'AMEX', 'MAESTRO', 'UNIONPAY', 'CARTES_BANCAIRES', 'DANKORT', 'DINERS_CLUB', 'DISCOVER'],
  ...['EFTPOS', 'ENROUTE', 'ELO', 'HIPER', 'INTERAC', 'JCB', 'MIR', 'PRIVATE_LABEL', 'OTHER'],
];

const paymentMethodSchema = z.object({
  vaultOnSuccess: z.boolean().optional(),
  vaultOn3DS: z.boolean().optional(),
  vaultOnAgreement: z.boolean().optional(),
  descriptor: shortText.optional(),
  paymentType: z.enum(['FIRST_PAYMENT', 'ECOMMERCE', 'SUBSCRIPTION', 'UNSCHEDULED']).optional(),
  orderedAllowedCardNetworks: z.array(z.enum(CARD_NETWORKS)).optional(),
  options: z.record(z.string(), z.unknown()).optional(),
  authorizationType: z.enum(['ESTIMATED', 'FINAL']).optional(),
  firstPaymentReason: z.enum(['CardOnFile', 'Recurring', 'Unscheduled']).optional(),
});

/** What a session says of its checkout. Nothing is required; unknown fields of its own are refused. */
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

const unchangeable = z.unknown().refine(() => false, { error: 'Value cannot be updated' });

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
  paymentMethod: clearable(paymentMethodSchema.extend({ options: unchangeable })).nullish(),
});
export type ClientSessionUpdate = z.output<typeof clientSessionUpdateSchema>;

/** The same object, whose every field may be `null`. */
function clearable<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) {
  return z.object(Object.fromEntries(Object.entries(schema.shape).map(([name, field]) => [name, z.nullish(field)])));
}

/** Query of `GET /client-session`. */
export const clientSessionQuerySchema = z.object({ clientToken: z.string().min(1) });
