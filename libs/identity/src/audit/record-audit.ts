import { sql } from '@tollgate/persistence';
import type { Queries } from '../identity-database.ts';

/** What is recorded of keys and people. */
export type AuditAction =
  | 'key made'
  | 'key revoked'
  | 'merchant settings changed'
  | 'person made'
  | 'person invited'
  | 'invitation accepted'
  | 'role changed'
  | 'person disabled'
  | 'person enabled'
  | 'password changed'
  | 'signed in'
  | 'sign-in refused'
  | 'signed out'
  | 'sessions ended';

export interface AuditEntry {
  /** Who did it: a person's e-mail address, `setup`, or the account at a command line. */
  readonly actor: string;
  readonly action: AuditAction;
  /** Whom or what it was done to: an e-mail address, the id of a key or a merchant. */
  readonly subject: string;
  /** Never a secret, nor the hash of one. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

const insertAudit = sql(
  'identity-insert-audit',
  'INSERT INTO identity.identity_audit (actor, action, subject, facts) VALUES ($1, $2, $3, $4::jsonb)',
);

/** Adds to the record, in the transaction of what it records. */
export async function recordAudit(queries: Queries, { actor, action, subject, facts = {} }: AuditEntry): Promise<void> {
  await queries.query(insertAudit, [actor, action, subject, JSON.stringify(facts)]);
}
