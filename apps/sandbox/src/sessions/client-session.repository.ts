import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ApprovalMode } from '../attempts/attempt.policy.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import type { ClientSession, ClientSessionDetails } from './client-session.types.ts';

interface ClientSessionRow {
  id: string;
  tenant_id: string;
  token_expires_at: number;
  approval_mode: ApprovalMode;
  details: string;
  current_attempt_id: string | null;
}

@Injectable()
export class ClientSessionRepository {
  constructor(private readonly store: SandboxStore) {}

  insert(session: ClientSession, clientToken: string, nowMicros: number): void {
    this.store
      .statement(
        `INSERT INTO client_session
           (id, tenant_id, token_hash, token_expires_at, approval_mode, details, current_attempt_id, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        session.id,
        session.tenantId,
        hashToken(clientToken),
        session.tokenExpiresAtMicros,
        session.approvalMode,
        JSON.stringify(session.details),
        session.currentAttemptId ?? null,
        nowMicros,
      );
  }

  find(id: string): ClientSession | undefined {
    return toSession(this.store.statement('SELECT * FROM client_session WHERE id = ?').get(id));
  }

  findByToken(clientToken: string): ClientSession | undefined {
    return toSession(
      this.store.statement('SELECT * FROM client_session WHERE token_hash = ?').get(hashToken(clientToken)),
    );
  }

  updateDetails(id: string, details: ClientSessionDetails): void {
    this.store.statement('UPDATE client_session SET details = ? WHERE id = ?').run(JSON.stringify(details), id);
  }

  setCurrentAttempt(id: string, attemptId: string): void {
    this.store.statement('UPDATE client_session SET current_attempt_id = ? WHERE id = ?').run(attemptId, id);
  }
}

/** A client token opens a checkout: the file keeps only what recognises it. */
function hashToken(clientToken: string): string {
  return createHash('sha256').update(clientToken).digest('base64url');
}

function toSession(found: unknown): ClientSession | undefined {
  if (found === undefined) return undefined;
  const row = found as ClientSessionRow;
  return {
    id: row.id,
    tenantId: row.tenant_id,
    tokenExpiresAtMicros: row.token_expires_at,
    approvalMode: row.approval_mode,
    details: JSON.parse(row.details) as ClientSessionDetails,
    currentAttemptId: row.current_attempt_id ?? undefined,
  };
}
