/** Primer's payment statuses (v2.4). */
export const PAYMENT_STATUSES = [
  'PENDING',
  'FAILED',
  'AUTHORIZED',
  'SETTLING',
  'PARTIALLY_SETTLED',
  'SETTLED',
  'DECLINED',
  'CANCELLED',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/**
 * The legal moves of a payment, from Primer's page "Managing payments". PARTIALLY_SETTLED stands while part of what was
 * authorised is captured and the rest may still be; the last capture leads to SETTLING, the clock from there to SETTLED.
 */
export const PAYMENT_TRANSITIONS: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  PENDING: ['AUTHORIZED', 'DECLINED', 'FAILED', 'CANCELLED'],
  AUTHORIZED: ['SETTLING', 'PARTIALLY_SETTLED', 'SETTLED', 'CANCELLED', 'FAILED'],
  SETTLING: ['PARTIALLY_SETTLED', 'SETTLED', 'FAILED'],
  PARTIALLY_SETTLED: ['PARTIALLY_SETTLED', 'SETTLING', 'SETTLED', 'CANCELLED'],
  SETTLED: [],
  DECLINED: [],
  FAILED: [],
  CANCELLED: [],
};
