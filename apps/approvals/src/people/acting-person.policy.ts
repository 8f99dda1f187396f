import { type Role, ROLE_SCOPES } from '@tollgate/contracts';

/** A person in whose name the platform's key speaks, or who has voted. */
export interface ActingPerson {
  readonly personId: string;
  readonly email: string;
  readonly role: Role;
  /** False once they were disabled. */
  readonly isActive: boolean;
}

/** May decide attempts and commands now. */
export function isReviewing({ isActive, role }: Pick<ActingPerson, 'isActive' | 'role'>): boolean {
  return isActive && ROLE_SCOPES[role].includes('approvals:review');
}
