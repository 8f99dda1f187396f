import { Injectable } from '@nestjs/common';
import type { SQLInputValue } from 'node:sqlite';
import { isCard } from '../cards/payment-instrument.policy.ts';
import type { AccountType } from '../cards/payment-instrument.types.ts';
import { MICROS_PER_MILLISECOND } from '../clock/micros.policy.ts';
import type { ListLag } from '../faults/fault.schema.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import type { ListPaymentsQuery, PageCursor } from './payment.schema.ts';
import type { PaymentStatus } from './payment.states.ts';
import type { Payment } from './payment.types.ts';
import { DEFAULT_ACCOUNT, PROCESSOR_MERCHANT_ID, PROCESSOR_NAME } from './processor.policy.ts';

/** One page of payments, newest first, and whether there are more on either side. */
export interface PaymentPage {
  readonly payments: readonly Payment[];
  readonly hasNewer: boolean;
  readonly hasOlder: boolean;
}

interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

@Injectable()
export class PaymentRepository {
  constructor(private readonly store: SandboxStore) {}

  /** @throws when the attempt has a payment already: the database's own guard */
  insert(payment: Payment): void {
    this.store
      .statement(
        `INSERT INTO payment
           (id, tenant_id, attempt_id, status, order_id, customer_id, customer_email, currency_code, amount, last4_digits, document, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        payment.id,
        payment.tenantId,
        payment.paymentAttemptId ?? null,
        payment.status,
        payment.orderId,
        payment.customerId ?? null,
        payment.customer?.emailAddress ?? null,
        payment.currencyCode,
        payment.amount,
        isCard(payment.instrument) ? payment.instrument.last4Digits : '',
        JSON.stringify(payment),
        payment.createdAtMicros,
      );
  }

  /** Writes down what became of a payment; only what a change can touch. */
  update(payment: Payment): void {
    this.store
      .statement('UPDATE payment SET status = ?, amount = ?, customer_id = ?, document = ? WHERE id = ?')
      .run(payment.status, payment.amount, payment.customerId ?? null, JSON.stringify(payment), payment.id);
  }

  find(id: string): Payment | undefined {
    const row = this.store.statement('SELECT document FROM payment WHERE id = ?').get(id);
    return row && toPayment(row['document'] as string);
  }

  /** A payment of this tenant; another tenant's does not exist for the caller. */
  findForTenant(id: string, tenantId: string): Payment | undefined {
    const row = this.store
      .statement('SELECT document FROM payment WHERE id = ? AND tenant_id = ?')
      .get(id, tenantId) as { document: string } | undefined;
    return row && toPayment(row.document);
  }

  /** @param lagging payments that the list does not show yet, because a fault holds them back */
  list(
    tenantId: string,
    query: ListPaymentsQuery,
    lagging: { readonly lags: readonly ListLag[]; readonly nowMicros: number },
  ): PaymentPage {
    const backwards = query.cursor?.direction === 'previous';
    const conditions = [
      { sql: 'tenant_id = ?', values: [tenantId] },
      ...filters(query),
      ...position(query.cursor),
      ...lagging.lags.map((lag) => notYetListed(lag, lagging.nowMicros)),
    ];
    const order = backwards ? 'created_at, id' : 'created_at DESC, id DESC';
    const rows = this.store
      .statement(
        `SELECT document FROM payment WHERE ${conditions.map(({ sql }) => sql).join(' AND ')} ORDER BY ${order} LIMIT ?`,
      )
      // One more than asked for tells whether the list goes on.
      .all(...conditions.flatMap(({ values }) => values), query.limit + 1) as unknown as { document: string }[];
    const hasMore = rows.length > query.limit;
    const payments = rows.slice(0, query.limit).map((row) => toPayment(row.document));
    return backwards
      ? { payments: payments.toReversed(), hasNewer: hasMore, hasOlder: true }
      : { payments, hasNewer: query.cursor !== undefined, hasOlder: hasMore };
  }

  countByStatus(): Partial<Record<PaymentStatus, number>> {
    const rows = this.store
      .statement('SELECT status, count(*) AS payments FROM payment GROUP BY status')
      .all() as unknown as { status: PaymentStatus; payments: number }[];
    return Object.fromEntries(rows.map((row) => [row.status, row.payments]));
  }
}

function filters(query: ListPaymentsQuery): Condition[] {
  return [
    among('status', query.status),
    among('currency_code', query.currency_code),
    among('customer_id', query.customer_id),
    among('customer_email', query.customer_email_address),
    among('last4_digits', query.last_4_digits),
    among("coalesce(document ->> '$.instrument.methodType', 'PAYMENT_CARD')", query.payment_method_type),
    among(`coalesce(document ->> '$.processor.name', '${PROCESSOR_NAME}')`, query.processor),
    among(`coalesce(document ->> '$.processor.processorMerchantId', '${PROCESSOR_MERCHANT_ID}')`, query.merchant_id),
    among(emailAt('PAYPAL'), query.paypal_email),
    among(emailAt('KLARNA'), query.klarna_email),
    compare('order_id = ?', query.order_id),
    compare('created_at >= ?', query.from_date),
    compare('created_at <= ?', query.to_date),
    compare('amount >= ?', query.min_amount),
    compare('amount <= ?', query.max_amount),
  ].filter((condition) => condition !== undefined);
}

/** The e-mail address of the account that pays; nothing where another method does. */
function emailAt(methodType: AccountType): string {
  return `CASE WHEN document ->> '$.instrument.methodType' = '${methodType}'
               THEN document ->> '$.instrument.emailAddress' END`;
}

/** Leaves out what was made too recently; `IS` because a payment need not have an attempt. */
function notYetListed({ lagMs, attemptId, paymentId, orderId }: ListLag, nowMicros: number): Condition {
  const held = [
    compare('created_at > ?', nowMicros - lagMs * MICROS_PER_MILLISECOND),
    compare('attempt_id IS ?', attemptId),
    compare('id = ?', paymentId),
    compare('order_id = ?', orderId),
  ].filter((condition) => condition !== undefined);
  return {
    sql: `NOT (${held.map(({ sql }) => sql).join(' AND ')})`,
    values: held.flatMap(({ values }) => values),
  };
}

function among(column: string, values: readonly string[] | undefined): Condition | undefined {
  return values && { sql: `${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)] };
}

function compare(sql: string, value: SQLInputValue | undefined): Condition | undefined {
  return value === undefined ? undefined : { sql, values: [value] };
}

function position(cursor: PageCursor | undefined): Condition[] {
  if (!cursor) return [];
  const operator = cursor.direction === 'next' ? '<' : '>';
  return [{ sql: `(created_at, id) ${operator} (?, ?)`, values: [cursor.createdAtMicros, cursor.paymentId] }];
}

type YoungField = 'processor' | 'threeDSecure' | 'amountAuthorized' | 'captureIsFinal' | 'isVaulted';

/** A payment of an older file lacks some fields: nothing but an authorisation could happen to it then. */
type StoredPayment = Payment | (Omit<Payment, YoungField> & Partial<Record<YoungField, undefined>>);

function toPayment(document: string): Payment {
  const stored = JSON.parse(document) as StoredPayment;
  if (stored.processor !== undefined) return stored;
  return {
    ...stored,
    processor: DEFAULT_ACCOUNT,
    threeDSecure: { responseCode: 'NOT_PERFORMED' },
    amountAuthorized: stored.status === 'AUTHORIZED' ? stored.amount : 0,
    captureIsFinal: false,
    isVaulted: false,
  };
}
