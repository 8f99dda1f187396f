import { expect, it } from '@jest/globals';
import type { IdentityDatabase } from '@tollgate/identity/lookup';
import { attemptReview, NOW } from '../../test/approval-samples.ts';
import type { Vote } from '../approvals/approval.types.ts';
import { People } from './people.service.ts';

const PEOPLE = [
  { personId: 'rita', email: 'rita@shop.test', role: 'reviewer', isActive: true },
  { personId: 'otto', email: 'otto@shop.test', role: 'reviewer', isActive: false },
  { personId: 'vera', email: 'vera@shop.test', role: 'viewer', isActive: true },
];
const voteOf = (name: string): Vote => ({
  ...{ voter: `person:${name}`, reviewer: `${name}@shop.test`, decision: 'approved', note: null, at: NOW },
});
const votes = ['rita', 'otto', 'vera', 'gone'].map(voteOf);

function people(): { people: People; asked: string[] } {
  const asked: string[] = [];
  const queriesOf = (where: string) => async () => {
    asked.push(where);
    return PEOPLE;
  };
  const database = { query: queriesOf('pool'), within: () => ({ query: queriesOf('transaction') }) };
  return { people: new People(database as unknown as IdentityDatabase), asked };
}

it('counts the votes of people who may review now, not of who was disabled, demoted or removed since', async () => {
  const { people: all } = people();
  const [counted] = await all.keepCountingVotes([attemptReview({ votesRequired: 2, votes })]);
  expect(counted?.votes).toEqual([voteOf('rita')]);
});

it('leaves what was decided as it was', async () => {
  const { people: all, asked } = people();
  const decided = attemptReview({ decision: 'approved', decidedAt: NOW, votes });
  expect(await all.keepCountingVotes([decided, attemptReview()])).toMatchObject([{ votes }, { votes: [] }]);
  expect(asked).toEqual([]);
});

it('asks by the connection of the transaction that holds the approval', async () => {
  const { people: all, asked } = people();
  await all.keepCountingVotes([attemptReview({ votes })], { query: async () => [] });
  expect(asked).toEqual(['transaction']);
});
