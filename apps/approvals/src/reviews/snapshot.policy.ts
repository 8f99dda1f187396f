import { hash } from 'node:crypto';
import type { AttemptDecidedData, PaymentCommandHeldData } from '@tollgate/contracts';
import canonicalize from 'canonicalize';
import type { DataSnapshot } from '../approvals/approval.types.ts';

/** SHA-256 in hex over the canonical JSON (RFC 8785) of what a reviewer is shown. */
export function toSnapshotHash(snapshot: DataSnapshot): string {
  const canonical = canonicalize(snapshot);
  if (canonical === undefined) {
    throw new Error('A snapshot is an object, which always has a canonical form');
  }
  return hash('sha256', canonical, 'hex');
}

/** What a reviewer is shown of an attempt: the order, the card, and what the rules saw and said. */
export function toAttemptSnapshot(decision: AttemptDecidedData): DataSnapshot {
  const { evaluation, order, card } = decision;
  return {
    paymentAttemptId: decision.paymentAttemptId,
    clientSessionId: decision.clientSessionId,
    order,
    card: { bin: card?.bin ?? null, last4: card?.last4 ?? null, network: card?.network ?? null },
    reason: decision.reason,
    rules:
      evaluation === undefined
        ? null
        : {
            ruleSet: evaluation.ruleSet,
            version: evaluation.version,
            digest: evaluation.digest,
            hits: evaluation.hits,
          },
    features: evaluation?.features ?? {},
  };
}

/** What a reviewer is shown of a command that waits: all that is known of it but its times, and what only machines read. */
export function toCommandSnapshot(held: PaymentCommandHeldData): DataSnapshot {
  const { requestedAt: _requestedAt, heldAt: _heldAt, decideBy: _decideBy, customer, ...about } = held;
  const shown = { ...about, ...(customer?.id === undefined ? {} : { customerId: customer.id }) };
  return JSON.parse(JSON.stringify(shown)) as DataSnapshot;
}
