import type { PersonPrincipal, Principal, Role, Scope } from '@tollgate/contracts';
import { ROLE_SCOPES, SCOPES } from '@tollgate/contracts';

/** A row of the view `bearer`: whom a secret stands for now. */
export interface BearerRow {
  secret_sha256: string;
  kind: 'merchant' | 'platform' | 'person';
  /** Null for people: their role says it. */
  scopes: readonly string[] | null;
  merchant_id: string | null;
  key_id: string | null;
  person_id: string | null;
  email: string | null;
  display_name: string | null;
  role: Role | null;
}

/** A person with what their role allows. */
export function toPersonPrincipal(row: {
  person_id: string;
  email: string;
  display_name: string;
  role: Role;
}): PersonPrincipal {
  return {
    kind: 'person',
    personId: row.person_id,
    email: row.email,
    displayName: row.display_name,
    role: row.role,
    scopes: ROLE_SCOPES[row.role],
  };
}

/** The principal behind a row; a scope that this version does not know is nobody's. */
export function toPrincipal(row: BearerRow): Principal {
  if (row.kind === 'person') {
    return toPersonPrincipal({
      person_id: row.person_id!,
      email: row.email!,
      display_name: row.display_name!,
      role: row.role!,
    });
  }
  const key = {
    keyId: row.key_id!,
    ...(row.person_id === null ? {} : { personId: row.person_id }),
    scopes: SCOPES.filter((each: Scope) => row.scopes?.includes(each)),
  };
  return row.kind === 'platform'
    ? { kind: 'platform', ...key }
    : { kind: 'merchant', merchantId: row.merchant_id!, ...key };
}
