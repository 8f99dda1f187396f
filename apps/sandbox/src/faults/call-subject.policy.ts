import type { PrimerCall } from '../api/primer-call.types.ts';
import type { CallSubject } from './fault.types.ts';

/** What a call is about, as far as its path, query and body tell. */
export function toCallSubject(call: PrimerCall): CallSubject {
  const id = call.params['id'];
  return {
    tenantId: call.tenantId,
    operation: call.operation,
    attemptId: call.route.startsWith('/payment-attempts/') ? id?.toLowerCase() : undefined,
    paymentId: call.route.startsWith('/payments/') ? id : undefined,
    orderId: call.route === '/payments' ? orderIdOf(call) : undefined,
  };
}

/** The order of a list's filter or of a new payment; a body that cannot be read names none. */
function orderIdOf(call: PrimerCall): string | undefined {
  if (call.method === 'GET') return textOf((call.query as Record<string, unknown> | undefined)?.['order_id']);
  try {
    return textOf((JSON.parse(call.body?.toString('utf8') ?? '') as Record<string, unknown> | null)?.['orderId']);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
