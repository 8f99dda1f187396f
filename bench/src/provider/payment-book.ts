import { AMOUNT_MINOR, CURRENCY, detailsOf } from '../load/checkout.ts';

const PAGE_DEFAULT = 20;

interface BookedPayment {
  readonly paymentId: string;
  readonly attemptId: string;
  readonly openedAtMs: number;
}

/** The payments that the stub has made, as Primer's two reads show them. Texts are written by hand: it must be quick. */
export class PaymentBook {
  private payments: BookedPayment[] = [];
  private byId = new Map<string, BookedPayment>();

  clear(): void {
    this.payments = [];
    this.byId = new Map();
  }

  /** The attempt's payment, made at the first call. @returns its id */
  open(attemptId: string): string {
    const paymentId = `P${attemptId.replaceAll('-', '')}`;
    if (!this.byId.has(paymentId)) {
      const payment = { paymentId, attemptId, openedAtMs: Date.now() };
      this.payments.push(payment);
      this.byId.set(paymentId, payment);
    }
    return paymentId;
  }

  /** `GET /payments/{id}` as JSON; nothing when there is no such payment. */
  read(paymentId: string): string | undefined {
    const payment = this.byId.get(paymentId);
    if (payment === undefined) return undefined;
    const { orderId, customerId, analyticsId } = detailsOf(payment.attemptId);
    const date = toPrimerDate(payment.openedAtMs);
    return (
      `{${toSummary(payment, date, orderId)},"cardTokenType":"CARD_PAN","customerId":"${customerId}",` +
      `"paymentMethod":{"paymentType":"FIRST_PAYMENT","isVaulted":false,"analyticsId":"${analyticsId}",` +
      `"paymentMethodType":"PAYMENT_CARD","paymentMethodData":{"first6Digits":"411111","last4Digits":"1111",` +
      `"expirationMonth":"12","expirationYear":"2030","cardholderName":"Ada Lovelace","network":"Visa"}},` +
      `"transactions":[{"date":"${date}","amount":${AMOUNT_MINOR},"currencyCode":"${CURRENCY}","orderId":"${orderId}",` +
      `"transactionType":"SALE","processorTransactionId":"T${payment.paymentId}","processorName":"STUB",` +
      `"processorMerchantId":"stub","processorStatus":"AUTHORIZED"}]}`
    );
  }

  /** A page of `GET /payments`, oldest first; of the filters it knows the dates and the order. */
  list(url: string): string {
    const query = new URLSearchParams(url.split('?')[1]);
    const fromMs = Date.parse(query.get('from_date') ?? '') || 0;
    const toMs = Date.parse(query.get('to_date') ?? '') || Number.MAX_SAFE_INTEGER;
    const orderId = query.get('order_id');
    const start = Number(query.get('cursor') ?? this.firstSince(fromMs));
    const end = start + Number(query.get('limit') ?? PAGE_DEFAULT);
    const data = this.payments
      .slice(start, end)
      .filter((payment) => payment.openedAtMs <= toMs)
      .map((payment) => ({ payment, order: detailsOf(payment.attemptId).orderId }))
      .filter(({ order }) => orderId === null || orderId === order)
      .map(({ payment, order }) => `{${toSummary(payment, toPrimerDate(payment.openedAtMs), order)}}`);
    return `{"data":[${data.join(',')}],"nextCursor":${end < this.payments.length ? `"${end}"` : 'null'}}`;
  }

  private firstSince(fromMs: number): number {
    const index = this.payments.findIndex((payment) => payment.openedAtMs >= fromMs);
    return index === -1 ? this.payments.length : index;
  }
}

function toSummary({ paymentId }: BookedPayment, date: string, orderId: string): string {
  return (
    `"id":"${paymentId}","date":"${date}","dateUpdated":"${date}","status":"AUTHORIZED","orderId":"${orderId}",` +
    `"currencyCode":"${CURRENCY}","amount":${AMOUNT_MINOR},` +
    `"processor":{"name":"STUB","processorMerchantId":"stub","amountCaptured":0,"amountRefunded":0}`
  );
}

/** Primer writes UTC with microseconds and no zone. */
function toPrimerDate(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, -1)}000`;
}
