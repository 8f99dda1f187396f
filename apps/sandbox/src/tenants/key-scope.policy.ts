/** What a key may be allowed, from Primer's page "Authentication". */
export const KEY_SCOPES = [
  'client_tokens:write',
  'transactions:authorize',
  'transactions:cancel',
  'transactions:capture',
  'transactions:retrieve',
  'transactions:refund',
  'payment_instrument:read',
  'payment_instrument:write',
  'third_party:webhook_trigger',
] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/**
 * The scope that each call needs. "approve needs `transactions:authorize`"; of abort the documents say nothing, and
 * whoever may approve may abort.
 */
const SCOPE_BY_OPERATION: Readonly<Record<string, KeyScope>> = {
  approve_payment_attempt: 'transactions:authorize',
  abort_payment_attempt: 'transactions:authorize',
  create_client_session: 'client_tokens:write',
  retrieve_client_session: 'client_tokens:write',
  update_client_session: 'client_tokens:write',
  create_payment: 'transactions:authorize',
  authorize_payment: 'transactions:authorize',
  adjust_authorization: 'transactions:authorize',
  resume_payment: 'transactions:authorize',
  capture_payment: 'transactions:capture',
  cancel_payment: 'transactions:cancel',
  refund_payment: 'transactions:refund',
  get_payment_by_id: 'transactions:retrieve',
  list_payments: 'transactions:retrieve',
};

/** Whether a key with these scopes may make a call; a key without a list of scopes may do everything. */
export function mayCall(operation: string, scopes: readonly KeyScope[] | undefined): boolean {
  if (!scopes) return true;
  const needed = SCOPE_BY_OPERATION[operation];
  return needed !== undefined && scopes.includes(needed);
}
