import type { IncidentAnswer } from '@tollgate/contracts';
import { type IncidentAbout, toSafeAction } from './incident-action.policy.ts';

/** A row of `incident` as pg gives it. */
export interface IncidentRow {
  id: string;
  merchant_id: string;
  kind: string;
  attempt_id: string | null;
  payment_id: string | null;
  facts: Record<string, unknown>;
  count: number;
  first_seen_at: Date;
  last_seen_at: Date;
  opened_at: Date;
  closed_at: Date | null;
  closed_by: string | null;
  close_note: string | null;
}

/** An incident as operators read it. `now` by the database's clock. */
export function toIncidentAnswer(row: IncidentRow, now: Date): IncidentAnswer {
  const { closed_at: closedAt } = row;
  const ageMs = (closedAt ?? now).getTime() - row.opened_at.getTime();
  return {
    id: row.id,
    merchantId: row.merchant_id,
    kind: row.kind,
    state: closedAt === null ? 'OPEN' : 'CLOSED',
    ageSeconds: Math.max(0, Math.floor(ageMs / 1000)),
    paymentAttemptId: row.attempt_id,
    paymentId: row.payment_id,
    facts: row.facts,
    count: row.count,
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    openedAt: row.opened_at.toISOString(),
    closed:
      closedAt === null ? null : { at: closedAt.toISOString(), by: row.closed_by ?? '', note: row.close_note ?? '' },
    safeAction: closedAt === null ? toSafeAction(toIncidentAbout(row)) : null,
  };
}

/** What says how an incident is to be handled. */
export function toIncidentAbout({ id, kind, merchant_id, attempt_id, facts }: IncidentRow): IncidentAbout {
  const { commandId } = facts;
  return {
    ...{ id, kind, merchantId: merchant_id, attemptId: attempt_id },
    commandId: typeof commandId === 'string' ? commandId : null,
  };
}
