import { z } from 'zod';
import { attemptClocks } from '../clocks.ts';
import { outsideId, outsideText, paymentAttemptId } from '../ids.ts';
import { knownCurrency, nonNegativeAmountMinorText } from '../money.ts';
import type { EventDefinition } from './envelope.ts';

const countryCode = z.string().regex(/^[A-Z]{2}$/, { error: 'ISO 3166-1 alpha-2 expected' });

/** An e-mail address, an IP address or a device as a keyed hash (HMAC-SHA-256, base64url): never the value itself. */
export const personalHash = z.string().regex(/^[A-Za-z0-9_-]{43}$/, { error: 'a keyed hash expected' });

/** The order as the shop's server states it: the only word on amount and currency that counts. */
export const attemptOrder = z.object({
  orderId: outsideId,
  amountMinor: nonNegativeAmountMinorText,
  currency: knownCurrency,
  customerId: outsideId.optional(),
  emailHash: personalHash.optional(),
  emailAddress: outsideText(320).optional().meta({ description: 'Of other producers; intake sends its hash alone' }),
  billingCountry: countryCode.optional(),
  shippingCountry: countryCode.optional(),
  metadata: z.record(z.string().max(256), z.union([outsideText(1024), z.int()])).optional(),
});
export type AttemptOrder = z.infer<typeof attemptOrder>;

/** The payment method by allow-list: never a token, never more of a card number than BIN and last four digits. */
export const attemptPaymentMethod = z.object({
  tokenType: z.string().max(64).optional(),
  paymentInstrumentType: z.string().max(64).optional(),
  analyticsId: outsideId.optional().meta({ description: "Primer's stable id of the instrument" }),
  network: z.string().max(64).optional(),
  bin: z
    .string()
    .regex(/^\d{6}$/)
    .optional(),
  last4: z
    .string()
    .regex(/^\d{4}$/)
    .optional(),
  expirationMonth: z.string().max(2).optional(),
  expirationYear: z.string().max(4).optional(),
  issuerCountry: countryCode.optional(),
  accountFundingType: z.string().max(64).optional(),
  vaultedCustomerId: outsideId.optional(),
});
export type AttemptPaymentMethod = z.infer<typeof attemptPaymentMethod>;

export const attemptShopper = z.object({
  ipHash: personalHash.optional().meta({ description: 'Of the IPv4 address, or the /64 network of an IPv6 address' }),
  ipAddress: z.string().max(64).optional().meta({ description: 'Of other producers; intake sends its hash alone' }),
  deviceHash: personalHash.optional().meta({ description: "Of the shop's own id of the browser or device" }),
  userAgent: outsideText(1024).optional(),
  platform: outsideText(64).optional(),
});

/** Data of `tollgate.attempt.tokenised.v1`. Producers other than intake may leave the clocks out. */
export const attemptTokenised = z
  .object({
    merchantId: outsideId,
    paymentAttemptId,
    clientSessionId: outsideId,
    instrument: outsideId.meta({
      description: 'What tells one instrument from another: analyticsId, else an opaque, stable hash. Never the token.',
    }),
    sdkTimestamp: z
      .number()
      .optional()
      .meta({ description: "The browser's Unix seconds: a risk feature, never a clock" }),
    order: attemptOrder,
    paymentMethod: attemptPaymentMethod.default({}),
    shopper: attemptShopper.optional(),
    postedBy: z.string().max(256).optional().meta({
      description:
        'Id of the person whose key handed it in, who is no second person for it; absent: a key of no person',
    }),
    clocks: attemptClocks.optional(),
  })
  .meta({ id: 'AttemptTokenised' });
export type AttemptTokenisedData = z.infer<typeof attemptTokenised>;

/** A payment attempt awaits the merchant's approval. */
export const AttemptTokenised: EventDefinition<AttemptTokenisedData> = {
  topic: 'attempts',
  type: 'tollgate.attempt.tokenised.v1',
  title: 'A payment method was tokenised and the attempt awaits a decision',
  schema: attemptTokenised,
  keyOf: (data) => data.paymentAttemptId,
};

/** Fields by which two sightings of one attempt id are the same attempt, or a conflict. */
export interface AttemptIdentity {
  readonly merchantId: string;
  readonly clientSessionId: string;
  readonly instrument: string;
  readonly orderId: string;
  readonly amountMinor: string;
  readonly currency: string;
}

/** The identity of an attempt, in the order in which conflicts are named. */
export function toAttemptIdentity(data: AttemptTokenisedData): AttemptIdentity {
  return {
    merchantId: data.merchantId,
    clientSessionId: data.clientSessionId,
    instrument: data.instrument,
    orderId: data.order.orderId,
    amountMinor: data.order.amountMinor,
    currency: data.order.currency,
  };
}
