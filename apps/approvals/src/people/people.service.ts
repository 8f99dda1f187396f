import { Injectable } from '@nestjs/common';
import type { Role } from '@tollgate/contracts';
import { IdentityDatabase } from '@tollgate/identity/lookup';
import { sql } from '@tollgate/persistence';

/** A person in whose name the platform's key speaks. */
export interface ActingPerson {
  readonly personId: string;
  readonly email: string;
  readonly role: Role;
  /** False once they were disabled. */
  readonly isActive: boolean;
}

const findPerson = sql(
  'approvals-find-person',
  `SELECT person_id AS "personId", email, role, is_active AS "isActive"
   FROM identity.known_person WHERE person_id::text = $1 OR email = $1`,
);

/** Finds people by the id or the e-mail address by which somebody names them: read each time, so never out of date. */
@Injectable()
export class People {
  constructor(private readonly database: IdentityDatabase) {}

  async find(name: string): Promise<ActingPerson | undefined> {
    const [person] = await this.database.query<ActingPerson>(findPerson, [name.toLowerCase()]);
    return person;
  }
}
