import { Injectable } from '@nestjs/common';
import { KnownError, type PaymentAnswer } from '@tollgate/contracts';
import { BooksRepository } from './books.repository.ts';
import { toPaymentAnswer } from './payment-answer.policy.ts';

/** Shows one payment with its evidence, facts, refunds, disputes and position. */
@Injectable()
export class GetPaymentHandler {
  constructor(private readonly books: BooksRepository) {}

  /** @throws KnownError PAYMENT_NOT_FOUND until the provider has said something about it */
  async handle(paymentId: string, merchantId: string | undefined): Promise<PaymentAnswer> {
    const payment = await this.books.findPayment(paymentId, merchantId);
    if (payment === undefined) throw new KnownError('PAYMENT_NOT_FOUND', { facts: { paymentId } });
    return toPaymentAnswer({ payment, ...(await this.books.findDetails(payment.merchant_id, paymentId)) });
  }
}
