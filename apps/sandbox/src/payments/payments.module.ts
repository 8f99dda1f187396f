import type { Provider, Type } from '@nestjs/common';
import { ConcludeRefundsJob } from '../settlement/conclude-refunds.job.ts';
import { PendingRefundRepository } from '../settlement/pending-refund.repository.ts';
import { SettlePaymentsJob } from '../settlement/settle-payments.job.ts';
import { SettlementRepository } from '../settlement/settlement.repository.ts';
import { CreateTokenHandler } from '../tokens/create-token.handler.ts';
import { TokenVault } from '../tokens/token-vault.service.ts';
import { TokenRepository } from '../tokens/token.repository.ts';
import { TokensController } from '../tokens/tokens.controller.ts';
import { AdjustAuthorizationHandler } from './adjust-authorization.handler.ts';
import { AnswerChallengeHandler } from './answer-challenge.handler.ts';
import { AuthorizePaymentHandler } from './authorize-payment.handler.ts';
import { CancelPaymentHandler } from './cancel-payment.handler.ts';
import { CapturePaymentHandler } from './capture-payment.handler.ts';
import { PaymentChanger } from './change-payment.service.ts';
import { ChallengesController } from './challenges.controller.ts';
import { CreatePaymentHandler } from './create-payment.handler.ts';
import { GetPaymentHandler } from './get-payment.handler.ts';
import { IdempotencyKeyRepository } from './idempotency-key.repository.ts';
import { ListPaymentsHandler } from './list-payments.handler.ts';
import { PaymentMaker } from './make-payment.service.ts';
import { PaymentOperationsController } from './payment-operations.controller.ts';
import { PaymentRepository } from './payment.repository.ts';
import { PaymentsController } from './payments.controller.ts';
import { RefundPaymentHandler } from './refund-payment.handler.ts';
import { ResumePaymentHandler } from './resume-payment.handler.ts';

/** The ways in to a payment's life: Primer's Payments API, and the browser's part of it. */
export const PAYMENT_CONTROLLERS: Type[] = [
  PaymentsController,
  PaymentOperationsController,
  TokensController,
  ChallengesController,
];

/** What leads a payment through its life. */
export const PAYMENT_PROVIDERS: Provider[] = [
  CreatePaymentHandler,
  GetPaymentHandler,
  ListPaymentsHandler,
  AuthorizePaymentHandler,
  CapturePaymentHandler,
  CancelPaymentHandler,
  RefundPaymentHandler,
  AdjustAuthorizationHandler,
  ResumePaymentHandler,
  AnswerChallengeHandler,
  PaymentMaker,
  PaymentChanger,
  PaymentRepository,
  IdempotencyKeyRepository,
  CreateTokenHandler,
  TokenRepository,
  TokenVault,
  SettlementRepository,
  SettlePaymentsJob,
  PendingRefundRepository,
  ConcludeRefundsJob,
];
