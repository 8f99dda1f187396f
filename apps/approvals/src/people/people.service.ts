import { Injectable } from '@nestjs/common';
import { IdentityDatabase } from '@tollgate/identity/lookup';
import { sql, type Transaction } from '@tollgate/persistence';
import type { Approval, FoundApproval } from '../approvals/approval.types.ts';
import { type ActingPerson, isReviewing } from './acting-person.policy.ts';

const findPerson = sql(
  'approvals-find-person',
  `SELECT person_id AS "personId", email, role, is_active AS "isActive"
   FROM identity.known_person WHERE person_id::text = $1 OR email = $1`,
);

const findVoters = sql(
  'approvals-find-voters',
  `SELECT person_id AS "personId", email, role, is_active AS "isActive"
   FROM identity.known_person WHERE 'person:' || person_id::text = ANY ($1::text[])`,
);

/** Finds people by the id or the e-mail address by which somebody names them: read each time, so never out of date. */
@Injectable()
export class People {
  constructor(private readonly database: IdentityDatabase) {}

  async find(name: string): Promise<ActingPerson | undefined> {
    const [person] = await this.database.query<ActingPerson>(findPerson, [name.toLowerCase()]);
    return person;
  }

  /**
   * Takes away the votes of people who were disabled since, or whose role reviews no more: a quorum is of people who may
   * decide now.
   * @param tx the transaction that holds the approvals, whose connection is then used: a second one may be long in coming
   */
  async keepCountingVotes(approvals: readonly Approval[], tx?: Pick<Transaction, 'query'>): Promise<Approval[]> {
    const isOpen = ({ decision, votes }: Approval) => decision === 'pending' && votes.length > 0;
    const voters = new Set(approvals.filter(isOpen).flatMap(({ votes }) => votes.map(({ voter }) => voter)));
    if (voters.size === 0) {
      return [...approvals];
    }
    const queries = tx === undefined ? this.database : this.database.within(tx);
    const people = await queries.query<ActingPerson>(findVoters, [[...voters]]);
    const counting = new Set(people.filter(isReviewing).map(({ personId }) => `person:${personId}`));
    return approvals.map((approval) =>
      isOpen(approval) ? { ...approval, votes: approval.votes.filter(({ voter }) => counting.has(voter)) } : approval,
    );
  }

  /** What was found, as it is to be shown: with the votes that count. */
  async withCountingVotes(found: readonly FoundApproval[]): Promise<FoundApproval[]> {
    const approvals = await this.keepCountingVotes(found.map(({ approval }) => approval));
    return found.map(({ approval, now }, index) => ({ approval: approvals[index] ?? approval, now }));
  }
}
