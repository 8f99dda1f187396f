import type { CancelPaymentBody, CapturePaymentBody, CreatePaymentBody, RefundPaymentBody } from '@tollgate/contracts';
import type { CommandRequestOf } from './command.types.ts';

/** A create as it is stored: the token goes its own way. */
export function toCreate({ orderId, amount, currencyCode, ...body }: CreatePaymentBody): CommandRequestOf<'create'> {
  const { customerId, paymentType, vaultOnSuccess, descriptor, metadata } = body;
  return {
    kind: 'create',
    orderId,
    amountMinor: amount.toString(),
    currency: currencyCode,
    ...(customerId === undefined ? {} : { customerId }),
    ...(paymentType === undefined ? {} : { paymentType }),
    ...(vaultOnSuccess === undefined ? {} : { vaultOnSuccess }),
    ...(descriptor === undefined ? {} : { descriptor }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

export function toCapture(paymentId: string, { amount, final }: CapturePaymentBody): CommandRequestOf<'capture'> {
  return {
    kind: 'capture',
    paymentId,
    ...(amount === undefined ? {} : { amountMinor: amount.toString() }),
    ...(final === undefined ? {} : { final }),
  };
}

export function toCancel(paymentId: string, { reason }: CancelPaymentBody): CommandRequestOf<'cancel'> {
  return { kind: 'cancel', paymentId, ...(reason === undefined ? {} : { reason }) };
}

export function toRefund(
  paymentId: string,
  { amount, orderId, reason }: RefundPaymentBody,
): CommandRequestOf<'refund'> {
  return {
    kind: 'refund',
    paymentId,
    ...(amount === undefined ? {} : { amountMinor: amount.toString() }),
    ...(orderId === undefined ? {} : { orderId }),
    ...(reason === undefined ? {} : { reason }),
  };
}
