import type { PaymentEvidence } from './evidence.policy.ts';
import { toInstantUs } from './instant.policy.ts';
import { agreesWithRefunds, toRefunds } from './refund.policy.ts';
import { findContradictions, toAmount, toMoneyDigest, type Contradiction } from './snapshot.policy.ts';

/** Why a payment's evidence cannot be taken at its word. */
export type Doubt = Contradiction | 'REFUNDS_DIFFER' | 'TIED';

/**
 * Names what is doubtful about new evidence: what contradicts itself, cannot be ordered, or says of the very same
 * microsecond something else than other evidence does. The books take a side all the same, always the same one; each
 * doubt is counted and settled by reading the payment with its events.
 */
export function findDoubts(evidence: readonly PaymentEvidence[], newEvidenceIds: ReadonlySet<string>): Doubt[] {
  const fresh = evidence.filter((each) => newEvidenceIds.has(each.evidenceId));
  return fresh.flatMap((each): Doubt[] => {
    const doubts: Doubt[] = findContradictions(each.snapshot);
    const statedMinor = toAmount(each.snapshot.amountRefundedMinor);
    if (statedMinor !== undefined && !agreesWithRefunds(statedMinor, toRefunds(each.snapshot))) {
      doubts.push('REFUNDS_DIFFER');
    }
    return evidence.some((other) => isTied(each, other)) ? [...doubts, 'TIED'] : doubts;
  });
}

function isTied(a: PaymentEvidence, b: PaymentEvidence): boolean {
  const updatedAtUs = toInstantUs(a.snapshot.dateUpdated);
  return (
    a !== b &&
    updatedAtUs !== undefined &&
    updatedAtUs === toInstantUs(b.snapshot.dateUpdated) &&
    toMoneyDigest(a.snapshot) !== toMoneyDigest(b.snapshot)
  );
}
