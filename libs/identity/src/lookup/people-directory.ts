import type { Role } from '@tollgate/contracts';
import { sql } from '@tollgate/persistence';
import type { IdentityDatabase } from '../identity-database.ts';

/** A person as every service may know them. */
export interface KnownPerson {
  readonly personId: string;
  readonly email: string;
  readonly displayName: string;
  readonly role: Role;
  /** False once they were disabled. */
  readonly isActive: boolean;
}

interface KnownPersonRow {
  person_id: string;
  email: string;
  display_name: string;
  role: Role;
  is_active: boolean;
}

const findPerson = sql('identity-find-person', 'SELECT * FROM identity.known_person WHERE person_id = $1::uuid');
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Who people are, for services that were told a person's id: read each time, so that who was disabled is so at once. */
export class PeopleDirectory {
  constructor(private readonly database: IdentityDatabase) {}

  /** @returns undefined also for what is no id at all */
  async find(personId: string): Promise<KnownPerson | undefined> {
    if (!UUID.test(personId)) {
      return undefined;
    }
    const [row] = await this.database.query<KnownPersonRow>(findPerson, [personId]);
    return (
      row && {
        personId: row.person_id,
        email: row.email,
        displayName: row.display_name,
        role: row.role,
        isActive: row.is_active,
      }
    );
  }
}
