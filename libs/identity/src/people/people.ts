import { randomUUID } from 'node:crypto';
import { KnownError, type Role } from '@tollgate/contracts';
import { isUniqueViolation, sql } from '@tollgate/persistence';
import { recordAudit } from '../audit/record-audit.ts';
import type { IdentityDatabase, Queries } from '../identity-database.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Passwords } from '../sign-in/passwords.ts';

/** A person as whoever manages people sees them. */
export interface Person {
  readonly personId: string;
  readonly email: string;
  readonly displayName: string;
  readonly role: Role;
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
  /** How they sign in: a password of their own, or the company's provider. */
  readonly signsInBy: 'password' | 'oidc';
  readonly openSessions: number;
}

export interface PersonInput {
  readonly email: string;
  readonly displayName: string;
  readonly role: Role;
}

const COLUMNS = `p.person_id AS "personId", p.email, p.display_name AS "displayName", p.role,
  p.created_at AS "createdAt", p.disabled_at AS "disabledAt",
  CASE WHEN p.issuer IS NULL THEN 'password' ELSE 'oidc' END AS "signsInBy",
  (SELECT count(*) FROM identity.person_session s
    WHERE s.person_id = p.person_id AND s.ended_at IS NULL AND s.idle_until > now() AND s.expires_at > now()
  )::int AS "openSessions"`;

const listPeople = sql('identity-list-people', `SELECT ${COLUMNS} FROM identity.person p ORDER BY p.email`);
const findPerson = sql('identity-find-one-person', `SELECT ${COLUMNS} FROM identity.person p WHERE p.email = $1`);
const insertPerson = sql(
  'identity-insert-person',
  `INSERT INTO identity.person (person_id, email, display_name, role, password_hash, issuer, subject)
   VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);
const existsPerson = sql('identity-exists-person', 'SELECT 1 FROM identity.person WHERE email = $1');
/** First of all that a transaction locks, where it may take the role from an admin. */
export const lockAdmins = sql(
  'identity-lock-admins',
  "SELECT pg_advisory_xact_lock(hashtext('tollgate/identity/admins'))",
);
const lockPerson = sql(
  'identity-lock-person',
  `SELECT person_id, email, role, disabled_at, password_hash FROM identity.person
    WHERE person_id::text = $1 OR email = $1 FOR UPDATE`,
);
const countOtherAdmins = sql(
  'identity-count-admins',
  `SELECT count(*)::int AS others FROM identity.person
    WHERE role = 'admin' AND disabled_at IS NULL AND person_id <> $1`,
);
const updateRole = sql('identity-update-role', 'UPDATE identity.person SET role = $2 WHERE person_id = $1');
const updateDisabled = sql(
  'identity-update-disabled',
  'UPDATE identity.person SET disabled_at = CASE WHEN $2 THEN clock_timestamp() END WHERE person_id = $1',
);
/** Whoever may invite nobody any more has invited nobody: what they sent out and nobody has taken up is withdrawn. */
export const withdrawThoseOf = sql(
  'identity-withdraw-invitations-of',
  'UPDATE identity.invitation SET expires_at = now() WHERE invited_by = $1 AND used_at IS NULL AND expires_at > now()',
);
const updatePassword = sql(
  'identity-update-password',
  'UPDATE identity.person SET password_hash = $2 WHERE person_id = $1',
);

interface LockedPerson {
  person_id: string;
  email: string;
  role: Role;
  disabled_at: Date | null;
  password_hash: string | null;
}

/**
 * People and what they may do. Whatever takes a right away ends the person's sessions in the same transaction, and
 * every change is recorded there.
 */
export class People {
  constructor(
    private readonly database: IdentityDatabase,
    private readonly sessions: Sessions,
    private readonly passwords: Passwords,
  ) {}

  list(): Promise<Person[]> {
    return this.database.query<Person>(listPeople);
  }

  async find(email: string): Promise<Person | undefined> {
    const [person] = await this.database.query<Person>(findPerson, [email.toLowerCase()]);
    return person;
  }

  /**
   * Makes the person unless there is one of this address already, who then stays as they are, password included.
   * @returns whether somebody was made
   */
  async ensure(person: PersonInput & { readonly password: string }, actor: string): Promise<boolean> {
    const email = person.email.toLowerCase();
    if ((await this.database.query(existsPerson, [email])).length > 0) {
      return false;
    }
    const passwordHash = await this.passwords.hash(person.password, email);
    try {
      await this.database.transaction((queries) => insertNewPerson(queries, { ...person, passwordHash }, actor));
      return true;
    } catch (error) {
      if (error instanceof KnownError && error.code === 'PERSON_CONFLICT') {
        return false;
      }
      throw error;
    }
  }

  /**
   * @param who e-mail address or id
   * @returns false when they had the role already
   * @throws KnownError PERSON_NOT_FOUND, LAST_ADMIN
   */
  async changeRole(who: string, role: Role, actor: string): Promise<boolean> {
    return this.#change(who, async (queries, person) => {
      if (person.role === role) {
        return false;
      }
      if (person.role === 'admin' && person.disabled_at === null) {
        await assertAnotherAdmin(queries, person.person_id);
      }
      await queries.query(updateRole, [person.person_id, role]);
      if (person.role === 'admin') {
        await queries.query(withdrawThoseOf, [person.email]);
      }
      const ended = await this.sessions.endAll(person.person_id, { because: 'role changed', queries });
      const facts = { from: person.role, to: role, sessionsEnded: ended };
      await recordAudit(queries, { actor, action: 'role changed', subject: person.email, facts });
      return true;
    });
  }

  /**
   * Lets somebody in no more, or again.
   * @param who e-mail address or id
   * @returns false when it was so already
   * @throws KnownError PERSON_NOT_FOUND, LAST_ADMIN
   */
  async setDisabled(who: string, disabled: boolean, actor: string): Promise<boolean> {
    return this.#change(who, async (queries, person) => {
      if ((person.disabled_at !== null) === disabled) {
        return false;
      }
      if (disabled && person.role === 'admin') {
        await assertAnotherAdmin(queries, person.person_id);
      }
      await queries.query(updateDisabled, [person.person_id, disabled]);
      if (disabled) {
        await queries.query(withdrawThoseOf, [person.email]);
      }
      const ended = await this.sessions.endAll(person.person_id, { because: 'person disabled', queries });
      const action = disabled ? 'person disabled' : 'person enabled';
      await recordAudit(queries, { actor, action, subject: person.email, facts: { sessionsEnded: ended } });
      return true;
    });
  }

  /**
   * The person's own change of password: all their sessions end but the one that asks.
   * @throws KnownError SIGN_IN_REFUSED when the current one does not fit; VALIDATION_FAILED for an unusable new one
   */
  async changePassword(
    personId: string,
    change: { current: string; next: string; sessionSecret: string },
  ): Promise<void> {
    await this.#change(personId, async (queries, person) => {
      if (!(await this.passwords.fits(change.current, person.password_hash ?? undefined))) {
        throw new KnownError('SIGN_IN_REFUSED');
      }
      await queries.query(updatePassword, [person.person_id, await this.passwords.hash(change.next, person.email)]);
      const ended = await this.sessions.endAll(person.person_id, {
        because: 'password changed',
        except: change.sessionSecret,
        queries,
      });
      const facts = { sessionsEnded: ended };
      await recordAudit(queries, { actor: person.email, action: 'password changed', subject: person.email, facts });
    });
  }

  async #change<T>(who: string, work: (queries: Queries, person: LockedPerson) => Promise<T>): Promise<T> {
    return this.database.transaction(async (queries) => {
      // Two who take the role from each other at once must not both succeed.
      await queries.query(lockAdmins);
      const [person] = await queries.query<LockedPerson>(lockPerson, [who.toLowerCase()]);
      if (person === undefined) {
        throw new KnownError('PERSON_NOT_FOUND');
      }
      return work(queries, person);
    });
  }
}

/** How a person signs in: by a password's hash, or as somebody whom the company's provider knows. */
export type NewPerson = PersonInput & {
  readonly passwordHash?: string;
  readonly oidc?: { readonly issuer: string; readonly subject: string };
};

/** @throws KnownError PERSON_CONFLICT when the address is taken */
export async function insertNewPerson(queries: Queries, person: NewPerson, actor: string): Promise<string> {
  const personId = randomUUID();
  const email = person.email.toLowerCase();
  try {
    await queries.query(insertPerson, [
      personId,
      email,
      person.displayName,
      person.role,
      person.passwordHash ?? null,
      person.oidc?.issuer ?? null,
      person.oidc?.subject ?? null,
    ]);
  } catch (error) {
    throw isUniqueViolation(error) ? new KnownError('PERSON_CONFLICT', { cause: error }) : error;
  }
  await recordAudit(queries, { actor, action: 'person made', subject: email, facts: { role: person.role } });
  return personId;
}

/**
 * Under {@link lockAdmins}: two who take the role from each other at once must not both succeed.
 * @throws KnownError LAST_ADMIN
 */
export async function assertAnotherAdmin(queries: Queries, personId: string): Promise<void> {
  const [counted] = await queries.query<{ others: number }>(countOtherAdmins, [personId]);
  if (counted!.others === 0) {
    throw new KnownError('LAST_ADMIN');
  }
}
