import { REASONS } from '@tollgate/contracts';

const KNOWN_REASONS: ReadonlySet<string> = new Set(REASONS);

const REASON_BY_SOURCE: Readonly<Record<string, string>> = {
  rules: 'rule-matched',
  reviewer: 'reviewer-rejected',
  deadline: 'deadline-passed',
  merchant: 'merchant-request',
  operator: 'operator-request',
};

/** The slug that is sent to Primer: from the closed list, whatever another producer's decision says. */
export function toAbortReason(decision: { reason: string; source: string }): string {
  if (KNOWN_REASONS.has(decision.reason)) {
    return decision.reason;
  }
  return REASON_BY_SOURCE[decision.source] ?? 'operator-request';
}
