import { z } from 'zod';
import { commandText, paymentMetadata, providerOrderId } from '../events/payment-command.event.ts';
import { outsideId } from '../ids.ts';
import { knownCurrency, requestAmount } from '../money.ts';

/** Body of `POST /v1/client-sessions`. */
export const createClientSessionBody = z
  .strictObject({
    orderId: providerOrderId,
    amount: requestAmount,
    currencyCode: knownCurrency,
    customerId: outsideId.max(255).optional(),
    emailAddress: commandText.optional(),
    metadata: paymentMetadata.optional(),
  })
  .meta({ id: 'CreateClientSession' });
export type CreateClientSessionBody = z.output<typeof createClientSessionBody>;

/** A session whose payments wait for an approve. The token is for the shopper's browser and for nobody else. */
export const clientSessionAnswer = z
  .object({
    clientToken: z.string().meta({ description: "What the browser's SDK is started with; lives for 24 hours" }),
    clientTokenExpiresAt: z.string().nullable(),
    approvalMode: z.literal('MANUAL'),
    orderId: outsideId,
    amount: requestAmount,
    currencyCode: knownCurrency,
    warnings: z.array(z.string()).meta({ description: 'What Primer found odd' }),
  })
  .meta({ id: 'ClientSession' });
export type ClientSessionAnswer = z.infer<typeof clientSessionAnswer>;

export const clientSessionExample: ClientSessionAnswer = {
  clientToken: 'a-client-token-of-primer',
  clientTokenExpiresAt: '2026-11-22T09:00:00.000000',
  approvalMode: 'MANUAL',
  orderId: 'order-1001',
  amount: 4200,
  currencyCode: 'EUR',
  warnings: [],
};
