import { KnownError } from '@tollgate/contracts';
import type {
  AdjustAuthorizationRequest,
  AttemptCall,
  AuthorizePaymentRequest,
  CancelPaymentRequest,
  CapturePaymentRequest,
  ClientSession,
  ClientSessionCall,
  ClientSessionRequest,
  ClientSessionUpdateRequest,
  CreatePaymentRequest,
  Exchange,
  PaymentCall,
  PaymentPage,
  PaymentRead,
  PrimerCallName,
  PrimerClient,
  PrimerRequest,
  ReadCall,
  RefundPaymentRequest,
  ResumePaymentRequest,
} from '@tollgate/primer-client';
import {
  toAttemptCall,
  toClientSessionCall,
  toClientSessionReadCall,
  toPaymentCall,
  toPaymentPageCall,
  toPaymentReadCall,
} from '@tollgate/primer-client';

/** Whatever a call of the client can come to. */
export type ClientResult =
  | AttemptCall
  | PaymentCall
  | ClientSessionCall
  | ReadCall<PaymentRead>
  | ReadCall<PaymentPage>
  | ReadCall<ClientSession>;

/** Asks with the client's own method; undefined where it refuses to send such a request. */
export async function askByClient(client: PrimerClient, request: PrimerRequest): Promise<ClientResult | undefined> {
  if (request.text !== undefined) {
    return undefined;
  }
  try {
    return await ASK[request.call](client, request);
  } catch (error) {
    if (error instanceof KnownError && error.code === 'VALIDATION_FAILED') {
      return undefined;
    }
    throw error;
  }
}

/** What the client makes of an answer to a request that was sent by hand. */
export function readAsClient(request: PrimerRequest, exchange: Exchange): ClientResult {
  const { id = '', call } = request;
  switch (call) {
    case 'approveAttempt':
    case 'abortAttempt':
      return toAttemptCall(exchange, id);
    case 'createClientSession':
    case 'updateClientSession':
      return toClientSessionCall(exchange, { isNew: call === 'createClientSession' });
    case 'getClientSession':
      return toClientSessionReadCall(exchange);
    case 'listPayments':
      return toPaymentPageCall(exchange);
    case 'getPayment':
      return toPaymentReadCall(exchange, id);
    default:
      return toPaymentCall(exchange, request.id);
  }
}

type Ask = (client: PrimerClient, request: PrimerRequest) => Promise<ClientResult | undefined>;

/** The bodies are cast, not checked: checking them is the client's part, and what is tested here. */
const ASK: Record<PrimerCallName, Ask> = {
  approveAttempt: (client, { id = '', body }) => (body === undefined ? client.approve(id) : refused()),
  abortAttempt: (client, { id = '', body = {} }) =>
    Object.keys(body as object).some((name) => name !== 'reason')
      ? refused()
      : client.abort(id, (body as { reason?: string }).reason),
  createClientSession: (client, { body }) => client.createClientSession(body as ClientSessionRequest),
  getClientSession: (client, { query }) => {
    const clientToken = query?.get('clientToken') ?? undefined;
    return clientToken === undefined ? refused() : client.getClientSession(clientToken);
  },
  updateClientSession: (client, { body }) => client.updateClientSession(body as ClientSessionUpdateRequest),
  createPayment: (client, { body, idempotencyKey }) =>
    idempotencyKey === undefined ? refused() : client.createPayment(body as CreatePaymentRequest, { idempotencyKey }),
  listPayments: listByClient,
  getPayment: (client, { id = '', query }) => client.getPayment(id, { expand: query?.get('expand')?.split(',') ?? [] }),
  authorizePayment: (client, { id = '', body, ...options }) =>
    client.authorizePayment(id, body as AuthorizePaymentRequest, options),
  capturePayment: (client, { id = '', body, ...options }) =>
    client.capturePayment(id, body as CapturePaymentRequest, options),
  cancelPayment: (client, { id = '', body, ...options }) =>
    client.cancelPayment(id, body as CancelPaymentRequest, options),
  refundPayment: (client, { id = '', body, ...options }) =>
    client.refundPayment(id, body as RefundPaymentRequest, options),
  adjustAuthorization: (client, { id = '', body, ...options }) =>
    client.adjustAuthorization(id, body as AdjustAuthorizationRequest, options),
  resumePayment: (client, { id = '', body }) => client.resumePayment(id, body as ResumePaymentRequest),
};

/** The client's filters are typed; what fits none of them is sent by hand. */
function listByClient(client: PrimerClient, { query = new URLSearchParams() }: PrimerRequest) {
  const { order_id: orderId, limit, cursor, ...others } = Object.fromEntries(query) as Record<string, string>;
  if (Object.keys(others).length > 0) {
    return refused();
  }
  const filters = {
    ...(orderId === undefined ? {} : { orderId }),
    ...(limit === undefined ? {} : { limit: Number(limit) }),
  };
  return client.listPaymentsPage(filters, cursor === undefined ? {} : { cursor });
}

function refused(): Promise<undefined> {
  return Promise.resolve(undefined);
}
