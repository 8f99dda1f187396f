export {
  toAttemptCall,
  toClientSessionCall,
  toClientSessionReadCall,
  toPaymentCall,
  toPaymentPageCall,
  toPaymentReadCall,
} from './call-answer.ts';
export type { Exchange, LossReason } from './exchange.ts';
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
export { PRIMER_CALLS, type PrimerCallName, type PrimerRequest, type Repetition } from './primer-call.types.ts';
export { type PaymentCallOptions, PrimerClient, type PrimerClientOptions } from './primer-client.ts';
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
  type CallOptions,
  PRIMER_API_VERSION,
  PrimerTransport,
  type PrimerTransportOptions,
} from './primer-transport.ts';
export { type WebhookSignatureCheck, verifyWebhookSignature } from './webhook-signature.ts';
