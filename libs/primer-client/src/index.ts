export type { LossReason } from './exchange.ts';
export { toPaymentSnapshot } from './payment-snapshot.ts';
export type {
  AnsweredCall,
  AttemptCall,
  PaymentFilters,
  PaymentPage,
  PaymentRead,
  PrimerError,
  ReadCall,
  UnknownCall,
  UnsentCall,
} from './primer-answer.types.ts';
export { type CallOptions, PRIMER_API_VERSION, PrimerClient, type PrimerClientOptions } from './primer-client.ts';
export { type WebhookSignatureCheck, verifyWebhookSignature } from './webhook-signature.ts';
