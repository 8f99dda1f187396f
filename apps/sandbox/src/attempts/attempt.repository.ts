import { Injectable } from '@nestjs/common';
import type { PaymentInstrument } from '../cards/payment-instrument.types.ts';
import type { PaymentStatus } from '../payments/payment.states.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import type { ApprovalMode } from './attempt.policy.ts';
import type { Attempt, WebhookPlan } from './attempt.types.ts';

interface AttemptRow {
  id: string;
  session_id: string;
  tenant_id: string;
  instrument: string;
  approval_status: Attempt['recordedStatus'];
  payment_id: string | null;
  approve_calls: number;
  abort_calls: number;
  webhook_delay_ms: number;
  webhook_duplicates: number;
  expires_at: number;
  payment_status: PaymentStatus | null;
  approval_mode: ApprovalMode;
  is_current: number;
}

export interface NewAttempt {
  readonly id: string;
  readonly sessionId: string;
  readonly tenantId: string;
  readonly instrument: PaymentInstrument;
  readonly expiresAtMicros: number;
  readonly webhookPlan: WebhookPlan;
}

/** Attempts by approval status; expired ones are counted as such. */
export type AttemptCounts = Readonly<Record<'REQUIRES_APPROVAL' | 'APPROVED' | 'ABORTED' | 'EXPIRED', number>>;

@Injectable()
export class AttemptRepository {
  constructor(private readonly store: SandboxStore) {}

  insert(attempt: NewAttempt, nowMicros: number): void {
    this.store
      .statement(
        `INSERT INTO payment_attempt
           (id, session_id, tenant_id, instrument, approval_status, webhook_delay_ms, webhook_duplicates, created_at, expires_at)
         VALUES (?, ?, ?, ?, 'REQUIRES_APPROVAL', ?, ?, ?, ?)`,
      )
      .run(
        attempt.id,
        attempt.sessionId,
        attempt.tenantId,
        JSON.stringify(attempt.instrument),
        attempt.webhookPlan.delayMs,
        attempt.webhookPlan.duplicates,
        nowMicros,
        attempt.expiresAtMicros,
      );
  }

  find(id: string): Attempt | undefined {
    const row = this.store
      .statement(
        `SELECT a.*, p.status AS payment_status, s.approval_mode, s.current_attempt_id = a.id AS is_current
           FROM payment_attempt a
           JOIN client_session s ON s.id = a.session_id
           LEFT JOIN payment p ON p.id = a.payment_id
          WHERE a.id = ?`,
      )
      .get(id);
    return row === undefined ? undefined : toAttempt(row as unknown as AttemptRow);
  }

  /** The attempt if it is this tenant's: another tenant's does not exist for the caller. */
  findForTenant(id: string, tenantId: string): Attempt | undefined {
    const attempt = this.find(id);
    return attempt?.tenantId === tenantId ? attempt : undefined;
  }

  /** Calls are counted whatever their answer. */
  countCall(id: string, call: 'approve' | 'abort'): void {
    const column = call === 'approve' ? 'approve_calls' : 'abort_calls';
    this.store.statement(`UPDATE payment_attempt SET ${column} = ${column} + 1 WHERE id = ?`).run(id);
  }

  markApproved(id: string, paymentId: string): void {
    this.store
      .statement("UPDATE payment_attempt SET approval_status = 'APPROVED', payment_id = ? WHERE id = ?")
      .run(paymentId, id);
  }

  markAborted(id: string, reason: string | undefined): void {
    this.store
      .statement("UPDATE payment_attempt SET approval_status = 'ABORTED', abort_reason = ? WHERE id = ?")
      .run(reason ?? null, id);
  }

  count(nowMicros: number): AttemptCounts {
    const rows = this.store
      .statement(
        `SELECT CASE WHEN approval_status = 'REQUIRES_APPROVAL' AND expires_at <= ? THEN 'EXPIRED' ELSE approval_status END AS status,
                count(*) AS attempts
           FROM payment_attempt GROUP BY 1`,
      )
      .all(nowMicros) as unknown as { status: keyof AttemptCounts; attempts: number }[];
    const counts = { REQUIRES_APPROVAL: 0, APPROVED: 0, ABORTED: 0, EXPIRED: 0 };
    for (const row of rows) counts[row.status] = row.attempts;
    return counts;
  }

  countCalls(): { approve: number; abort: number } {
    return this.store
      .statement(
        `SELECT coalesce(sum(approve_calls), 0) AS approve, coalesce(sum(abort_calls), 0) AS abort FROM payment_attempt`,
      )
      .get() as unknown as { approve: number; abort: number };
  }
}

function toAttempt(row: AttemptRow): Attempt {
  return {
    id: row.id,
    sessionId: row.session_id,
    tenantId: row.tenant_id,
    instrument: JSON.parse(row.instrument) as PaymentInstrument,
    recordedStatus: row.approval_status,
    expiresAtMicros: row.expires_at,
    payment:
      row.payment_id === null || row.payment_status === null
        ? undefined
        : { id: row.payment_id, status: row.payment_status },
    approveCalls: row.approve_calls,
    abortCalls: row.abort_calls,
    webhookPlan: { delayMs: row.webhook_delay_ms, duplicates: row.webhook_duplicates },
    approvalMode: row.approval_mode,
    isCurrent: row.is_current === 1,
  };
}
