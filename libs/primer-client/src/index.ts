export {
  toAttemptCall,
  toClientSessionCall,
  toClientSessionReadCall,
  toPaymentCall,
  toPaymentPageCall,
  toPaymentReadCall,
} from './call-answer.ts';
export {
  DOCUMENTED_ANSWERS,
  DOCUMENTED_ERRORS,
  type DocumentedAnswer,
  type DocumentedErrorId,
  type ErrorEffect,
  type ErrorId,
  GENERAL_ANSWERS,
  toDocumentedErrorId,
} from './documented-answers.ts';
export type { Exchange, LossReason } from './exchange.ts';
export { CIRCUIT_DEFAULTS, type CircuitOptions, type CircuitReport } from './merchant-circuits.ts';
export { toPaymentDetails } from './payment-details.ts';
export type {
  BinData,
  CardDetails,
  OpenWord,
  PaymentDetails,
  PaymentMethodDetails,
  RequiredAction,
  RiskDetails,
  StatusReason,
  TransactionDetails,
  UtcInstant,
} from './payment-details.types.ts';
export { toPaymentSnapshot } from './payment-snapshot.ts';
export type {
  AnsweredCall,
  AnsweredClientSessionCall,
  AnsweredPaymentCall,
  AttemptCall,
  ClientSession,
  ClientSessionCall,
  PaymentCall,
  PaymentFilters,
  PaymentPage,
  PaymentRead,
  PrimerError,
  ReadCall,
  UnknownCall,
  UnsentCall,
} from './primer-answer.types.ts';
export {
  type CallGroup,
  PRIMER_CALLS,
  type PrimerCallName,
  type PrimerRequest,
  type Repetition,
} from './primer-call.types.ts';
export { type CallOptions, type PaymentCallOptions, PrimerClient, type PrimerClientOptions } from './primer-client.ts';
export type {
  AdjustAuthorizationRequest,
  AuthorizePaymentRequest,
  CancelPaymentRequest,
  CapturePaymentRequest,
  ClientSessionRequest,
  ClientSessionUpdateRequest,
  CreatePaymentRequest,
  RefundPaymentRequest,
  ResumePaymentRequest,
} from './primer-request.schema.ts';
export {
  PRIMER_API_VERSION,
  PrimerTransport,
  type PrimerTransportOptions,
  type SendOptions,
} from './primer-transport.ts';
export { type WebhookSignatureCheck, verifyWebhookSignature } from './webhook-signature.ts';
