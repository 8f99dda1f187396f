import { z } from 'zod';
import { documentAs, toInputJsonSchema } from '../api/json-schema.policy.ts';
import { fromPrimerDate } from '../clock/date.policy.ts';
import { PAYMENT_METHOD_TYPES } from './payment-method-type.schema.ts';
import { PAYMENT_STATUSES } from './payment.states.ts';

/** A list in a query: comma separated, repeated, or both. */
function listOf<Item extends z.ZodType<unknown, string>>(item: Item) {
  const list = z
    .union([z.string(), z.array(z.string())])
    .transform((value) => [value].flat().flatMap((part) => part.split(',')))
    .pipe(z.array(item));
  return documentAs(list, { type: 'array', items: toInputJsonSchema(item) });
}

const dateSchema = documentAs(
  z.string().transform((text, context) => {
    const micros = fromPrimerDate(text);
    if (micros !== undefined) return micros;
    context.addIssue({ code: 'custom', message: 'Value must be a valid date-time' });
    return z.NEVER;
  }),
  { type: 'string', format: 'date-time' },
);

/** A whole number as text, which is all that a query has. */
function wholeNumber(bounds: { readonly minimum?: number; readonly maximum?: number } = {}) {
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = bounds;
  const number = z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(minimum).max(maximum));
  return documentAs(number, { type: 'integer', format: 'int64', ...bounds });
}

/** Where a page of the list begins: after (`next`) or before (`previous`) one payment in the order newest first. */
export interface PageCursor {
  readonly direction: 'next' | 'previous';
  readonly createdAtMicros: number;
  readonly paymentId: string;
}

export function toCursorText(cursor: PageCursor): string {
  return Buffer.from(`${cursor.direction}:${cursor.createdAtMicros}:${cursor.paymentId}`).toString('base64url');
}

const cursorSchema = z.string().transform((text, context): PageCursor => {
  const parts = /^(?<direction>next|previous):(?<micros>\d{1,16}):(?<id>[A-Za-z0-9]+)$/.exec(
    Buffer.from(text, 'base64url').toString('utf8'),
  )?.groups;
  if (parts) {
    return {
      direction: parts['direction'] as PageCursor['direction'],
      createdAtMicros: Number(parts['micros']),
      paymentId: parts['id'] ?? '',
    };
  }
  context.addIssue({ code: 'custom', message: 'Value must be a cursor of an earlier answer' });
  return z.NEVER;
});

/** Query of `GET /payments`; unknown parameters are ignored, as at Primer. */
export const listPaymentsQuerySchema = z.object({
  status: listOf(z.enum(PAYMENT_STATUSES)).optional(),
  payment_method_type: listOf(z.enum(PAYMENT_METHOD_TYPES)).optional(),
  processor: listOf(z.string()).optional(),
  currency_code: listOf(z.string().length(3)).optional(),
  from_date: dateSchema.optional(),
  to_date: dateSchema.optional(),
  order_id: z.string().optional(),
  min_amount: wholeNumber().optional(),
  max_amount: wholeNumber().optional(),
  customer_id: listOf(z.string()).optional(),
  merchant_id: listOf(z.string()).optional(),
  customer_email_address: listOf(z.string()).optional(),
  last_4_digits: listOf(z.string()).optional(),
  paypal_email: listOf(z.string()).optional(),
  klarna_email: listOf(z.string()).optional(),
  limit: wholeNumber({ minimum: 1, maximum: 100 }).default(100),
  cursor: cursorSchema.optional(),
});
export type ListPaymentsQuery = z.output<typeof listPaymentsQuerySchema>;

/** Query of `GET /payments/{id}`. */
export const getPaymentQuerySchema = z.object({
  expand: listOf(z.enum(['transactions.events'])).optional(),
});
