import { withoutAbsent } from './error-envelope.ts';
import type { PaymentFilters } from './primer-answer.types.ts';

/** The query of `GET /payments`: Primer's parameter names, lists separated by commas. */
export function toPaymentQuery(filters: PaymentFilters, cursor: string | undefined): URLSearchParams {
  const parameters = {
    order_id: filters.orderId,
    status: toList(filters.status),
    from_date: filters.fromDate?.toISOString(),
    to_date: filters.toDate?.toISOString(),
    currency_code: toList(filters.currency),
    min_amount: filters.amountMinorMin?.toString(),
    max_amount: filters.amountMinorMax?.toString(),
    customer_id: toList(filters.customerId),
    processor: toList(filters.processorName),
    last_4_digits: toList(filters.last4),
    payment_method_type: toList(filters.paymentMethodType),
    merchant_id: toList(filters.merchantId),
    customer_email_address: toList(filters.customerEmailAddress),
    paypal_email: toList(filters.paypalEmail),
    klarna_email: toList(filters.klarnaEmail),
    limit: filters.limit?.toString(),
    cursor,
  };
  return new URLSearchParams(withoutAbsent(parameters) as Record<string, string>);
}

function toList(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.join(',');
}
