import { randomUUID } from 'node:crypto';
import { KnownError, type Role } from '@tollgate/contracts';
import { hashBearerKey, sql } from '@tollgate/persistence';
import { recordAudit } from '../audit/record-audit.ts';
import type { IdentityDatabase, Queries } from '../identity-database.ts';
import { toPersonPrincipal } from '../lookup/bearer.policy.ts';
import { makeSecret } from '../secrets.ts';
import type { Sessions, SignedIn } from '../sessions/sessions.ts';
import type { Passwords } from '../sign-in/passwords.ts';
import { insertNewPerson, type PersonInput } from './people.ts';

/** An invitation that is not taken up runs out; hours. */
export const INVITATION_HOURS = 48;

const insertInvitation = sql(
  'identity-insert-invitation',
  `INSERT INTO identity.invitation (invitation_id, token_sha256, email, display_name, role, invited_by, for_first_admin, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(hours => ${INVITATION_HOURS})) RETURNING expires_at`,
);
/** A newer invitation of the same address stands for the older ones. */
const withdrawEarlier = sql(
  'identity-withdraw-invitations',
  'UPDATE identity.invitation SET expires_at = now() WHERE email = $1 AND used_at IS NULL AND expires_at > now()',
);
const takeInvitation = sql(
  'identity-take-invitation',
  `SELECT invitation_id, email, display_name, role, invited_by, for_first_admin FROM identity.invitation
    WHERE token_sha256 = $1 AND used_at IS NULL AND expires_at > now() FOR UPDATE`,
);
const findOpen = sql(
  'identity-find-invitation',
  `SELECT email, display_name, role FROM identity.invitation
    WHERE token_sha256 = $1 AND used_at IS NULL AND expires_at > now()`,
);
const markUsed = sql(
  'identity-use-invitation',
  'UPDATE identity.invitation SET used_at = clock_timestamp(), person_id = $2 WHERE invitation_id = $1',
);
const existsPerson = sql('identity-invited-exists', 'SELECT 1 FROM identity.person WHERE email = $1');
const lockAdmins = sql(
  'identity-invite-lock-admins',
  "SELECT pg_advisory_xact_lock(hashtext('tollgate/identity/admins'))",
);
/** Of people: others (the command line) are not in the table. */
const findDismissedInviter = sql(
  'identity-inviter-dismissed',
  "SELECT 1 FROM identity.person WHERE email = $1 AND (role <> 'admin' OR disabled_at IS NOT NULL)",
);
const countAdmins = sql(
  'identity-invite-count-admins',
  "SELECT count(*)::int AS admins FROM identity.person WHERE role = 'admin' AND disabled_at IS NULL",
);

interface InvitationRow {
  invitation_id: string;
  email: string;
  display_name: string;
  role: Role;
  invited_by: string;
  for_first_admin: boolean;
}

/** One-time links by which people come in and choose their own password. Only the hash of a link's token is kept. */
export class Invitations {
  constructor(
    private readonly database: IdentityDatabase,
    private readonly sessions: Sessions,
    private readonly passwords: Passwords,
  ) {}

  /**
   * @returns the token, this once
   * @throws KnownError PERSON_CONFLICT when somebody has the address already; SCOPE_MISSING when the inviter was dismissed
   *   while it was on its way: what they had sent out is withdrawn by then, and this would stay
   */
  async invite(person: PersonInput, actor: string): Promise<{ token: string; expiresAt: Date }> {
    return this.#invite(person, actor, false);
  }

  /**
   * Invites the first admin, without whom nobody could invite anybody.
   * @throws KnownError LAST_ADMIN when there is an admin, who is the one to invite others; PERSON_CONFLICT
   */
  async inviteFirstAdmin(
    person: Omit<PersonInput, 'role'>,
    actor: string,
  ): Promise<{ token: string; expiresAt: Date }> {
    return this.#invite({ ...person, role: 'admin' }, actor, true);
  }

  /** What an open invitation says; undefined when it was used, has run out or never was. */
  async find(token: string): Promise<PersonInput | undefined> {
    const [row] = await this.database.query<InvitationRow>(findOpen, [hashBearerKey(token)]);
    return row && { email: row.email, displayName: row.display_name, role: row.role };
  }

  /**
   * Takes an invitation up, once: the person is made and signed in.
   * @throws KnownError INVITATION_NOT_FOUND, also for the first admin's once there is an admin; VALIDATION_FAILED for an unusable password
   */
  async accept(answer: { token: string; password: string; displayName?: string }): Promise<SignedIn> {
    // Before the dear hashing, and again under lock.
    const invited = await this.find(answer.token);
    if (invited === undefined) {
      throw new KnownError('INVITATION_NOT_FOUND');
    }
    const passwordHash = await this.passwords.hash(answer.password, invited.email);
    return this.database.transaction(async (queries) => {
      await queries.query(lockAdmins);
      const [row] = await queries.query<InvitationRow>(takeInvitation, [hashBearerKey(answer.token)]);
      if (row === undefined || (row.for_first_admin && (await hasAdmin(queries)))) {
        throw new KnownError('INVITATION_NOT_FOUND');
      }
      const { email, role } = row;
      const displayName = answer.displayName ?? row.display_name;
      const personId = await insertNewPerson(queries, { email, displayName, role, passwordHash }, row.invited_by);
      await queries.query(markUsed, [row.invitation_id, personId]);
      await recordAudit(queries, { actor: email, action: 'invitation accepted', subject: email });
      const person = toPersonPrincipal({ person_id: personId, email, display_name: displayName, role });
      return { person, session: await this.sessions.open(personId, 'invitation', queries) };
    });
  }

  async #invite(person: PersonInput, actor: string, onlyAsFirst: boolean): Promise<{ token: string; expiresAt: Date }> {
    const token = makeSecret('invitation');
    const email = person.email.toLowerCase();
    return this.database.transaction(async (queries) => {
      await queries.query(lockAdmins);
      if (onlyAsFirst && (await hasAdmin(queries))) {
        throw new KnownError('LAST_ADMIN', { detail: 'There is an admin already, who can invite others' });
      }
      if ((await queries.query(findDismissedInviter, [actor])).length > 0) {
        throw new KnownError('SCOPE_MISSING');
      }
      if ((await queries.query(existsPerson, [email])).length > 0) {
        throw new KnownError('PERSON_CONFLICT');
      }
      await queries.query(withdrawEarlier, [email]);
      const [row] = await queries.query<{ expires_at: Date }>(insertInvitation, [
        randomUUID(),
        hashBearerKey(token),
        email,
        person.displayName,
        person.role,
        actor,
        onlyAsFirst,
      ]);
      await recordAudit(queries, { actor, action: 'person invited', subject: email, facts: { role: person.role } });
      return { token, expiresAt: row!.expires_at };
    });
  }
}

async function hasAdmin(queries: Queries): Promise<boolean> {
  const [counted] = await queries.query<{ admins: number }>(countAdmins);
  return counted!.admins > 0;
}
