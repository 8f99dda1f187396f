import { knownCurrency } from '@tollgate/contracts';
import { z } from 'zod';

/** Primer's integers are int64. */
const INT64_MAX = 9_223_372_036_854_775_807n;

/** Whole minor units; `bigint` alone, so that no fraction and no rounded number can be sent. */
const amount = z
  .bigint({ error: 'a bigint of minor units expected' })
  .min(0n, { error: 'must not be negative' })
  .max(INT64_MAX, { error: 'beyond int64' });

/** The reference of `POST /payments` says at most 256 characters, its schema 255: what fits both is sent. */
const reference = z.string().min(1).max(255);
const shortText = z.string().max(255);
const country = z.string().regex(/^[A-Z]{2}$/, { error: 'two capital letters expected' });

/** "Values can only be strings or integers"; an empty key is Primer's error MetadataContainsEmptyKey. */
const metadata = z.record(z.string().min(1), z.union([z.string(), z.int(), z.bigint()]));

const expand = z.array(z.enum(['transactions.events']));

const address = z.strictObject({
  firstName: reference.optional(),
  lastName: reference.optional(),
  addressLine1: reference.optional(),
  addressLine2: shortText.optional(),
  city: reference.optional(),
  state: reference.optional(),
  countryCode: country.optional(),
  postalCode: reference.optional(),
});

const customer = z.strictObject({
  emailAddress: z.email().optional(),
  mobileNumber: reference.optional(),
  firstName: reference.optional(),
  lastName: reference.optional(),
  billingAddress: address.optional(),
  shippingAddress: address.optional(),
  taxId: shortText.optional(),
  nationalDocumentId: shortText.optional(),
});

const productData = z.strictObject({
  sku: reference.optional(),
  brand: reference.optional(),
  color: reference.optional(),
  globalTradeItemNumber: reference.optional(),
  manufacturerPartNumber: reference.optional(),
  weight: z.number().min(0).optional(),
  weightUnit: reference.optional(),
  pageUrl: z.string().min(1).max(1024).optional(),
});

const lineItem = z.strictObject({
  itemId: reference.optional(),
  name: shortText.optional(),
  description: shortText.optional(),
  amount,
  quantity: z.int().min(1).optional(),
  discountAmount: amount.optional(),
  taxAmount: amount.optional(),
  taxCode: reference.optional(),
  productType: z.enum(['PHYSICAL', 'DIGITAL']).optional(),
  productData: productData.optional(),
});

const order = z.strictObject({
  lineItems: z.array(lineItem).optional(),
  countryCode: country.optional(),
  retailerCountryCode: country.optional(),
  fees: z.array(z.strictObject({ amount, type: reference.optional(), description: reference.optional() })).optional(),
  shipping: z
    .strictObject({
      amount: amount.optional(),
      methodId: z.string().optional(),
      methodName: z.string().optional(),
      methodDescription: z.string().optional(),
    })
    .optional(),
});

const paymentMethodOptions = {
  vaultOnSuccess: z.boolean().optional(),
  vaultOn3DS: z.boolean().optional(),
  vaultOnAgreement: z.boolean().optional(),
  descriptor: shortText.optional(),
  paymentType: z.enum(['FIRST_PAYMENT', 'ECOMMERCE', 'SUBSCRIPTION', 'UNSCHEDULED']).optional(),
  authorizationType: z.enum(['ESTIMATED', 'FINAL']).optional(),
  firstPaymentReason: z.enum(['CardOnFile', 'Recurring', 'Unscheduled']).optional(),
};

const purchase = {
  orderId: reference.optional(),
  currencyCode: knownCurrency.optional(),
  amount: amount.optional(),
  order: order.optional(),
  customerId: reference.optional(),
  customer: customer.optional(),
  metadata: metadata.optional(),
};

const sessionPaymentMethod = z.strictObject({
  ...paymentMethodOptions,
  orderedAllowedCardNetworks: z.array(z.string().min(1)).optional(),
  options: z.record(z.string(), z.json()).optional(),
});

/** Body of `POST /client-session`. `approvalMode` is set here or never: a later PATCH cannot change it. */
export const clientSessionRequest = z.strictObject({
  ...purchase,
  approvalMode: z.enum(['AUTO', 'MANUAL']).optional(),
  paymentMethod: sessionPaymentMethod.optional(),
});
export type ClientSessionRequest = z.input<typeof clientSessionRequest>;

/** Body of `PATCH /client-session`: what is given replaces, what is not stays. */
export const clientSessionUpdateRequest = z.strictObject({
  ...purchase,
  clientToken: z.string().min(1),
  paymentMethod: sessionPaymentMethod.optional(),
});
export type ClientSessionUpdateRequest = z.input<typeof clientSessionUpdateRequest>;

/**
 * Body of `POST /payments`. A token of a client session brings order, amount and currency with it; any other token
 * needs all three here.
 */
export const createPaymentRequest = z
  .strictObject({
    ...purchase,
    paymentMethodToken: z.string().min(1),
    paymentMethod: z.strictObject(paymentMethodOptions).optional(),
    expand: expand.optional(),
  })
  .refine(({ paymentMethod, customerId }) => paymentMethod?.vaultOnSuccess !== true || customerId !== undefined, {
    path: ['customerId'],
    error: 'needed to vault on success',
  });
export type CreatePaymentRequest = z.input<typeof createPaymentRequest>;

/** Body of `POST /payments/{id}/authorize`. */
export const authorizePaymentRequest = z.strictObject({
  processor: z.strictObject({ processorMerchantId: z.string().min(1), name: z.string().min(1).optional() }),
  expand: expand.optional(),
});
export type AuthorizePaymentRequest = z.input<typeof authorizePaymentRequest>;

/** Body of `POST /payments/{id}/capture`. Primer takes a missing amount for all of it, a missing `final` for true. */
export const capturePaymentRequest = z.strictObject({
  amount: amount.optional(),
  final: z.boolean().optional(),
  order: z.strictObject({ retailerCountryCode: country.optional() }).optional(),
  metadata: metadata.optional(),
  expand: expand.optional(),
});
export type CapturePaymentRequest = z.input<typeof capturePaymentRequest>;

/** Body of `POST /payments/{id}/cancel`. */
export const cancelPaymentRequest = z.strictObject({
  reason: z.string().optional(),
  expand: expand.optional(),
});
export type CancelPaymentRequest = z.input<typeof cancelPaymentRequest>;

/** Body of `POST /payments/{id}/refund`. Primer takes a missing amount for all that is not refunded yet. */
export const refundPaymentRequest = z.strictObject({
  amount: amount.optional(),
  orderId: reference.optional(),
  reason: z.string().optional(),
  transactionEventId: z.uuid().optional(),
  expand: expand.optional(),
});
export type RefundPaymentRequest = z.input<typeof refundPaymentRequest>;

/** Body of `POST /payments/{id}/adjust-authorization`: the new amount in all, not the difference. */
export const adjustAuthorizationRequest = z.strictObject({ amount, expand: expand.optional() });
export type AdjustAuthorizationRequest = z.input<typeof adjustAuthorizationRequest>;

/** Body of `POST /payments/{id}/resume`. */
export const resumePaymentRequest = z.strictObject({ resumeToken: z.uuid() });
export type ResumePaymentRequest = z.input<typeof resumePaymentRequest>;

/** Body of `POST /payment-attempts/{id}/abort`. */
export const abortAttemptRequest = z.strictObject({ reason: z.string().min(1).optional() });

/** Query of `GET /payments`, of which only the number of payments on a page has limits. */
export const pageLimit = z.int().min(1).max(100).optional();
