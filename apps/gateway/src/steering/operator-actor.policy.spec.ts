import { expect, it } from '@jest/globals';
import { type Principal, ROLE_SCOPES } from '@tollgate/contracts';
import { toRequester } from '../commands/incoming-command.policy.ts';
import { toActor, toOperatorRequester } from './operator-actor.policy.ts';

const ann: Principal = {
  kind: 'person',
  personId: '1b7f7f0e-0000-4000-8000-000000000001',
  email: 'ann@shop.test',
  displayName: 'Ann',
  role: 'operator',
  scopes: ROLE_SCOPES.operator,
};
const token: Principal = { kind: 'operator', scopes: ['operator'] };

it('records the name that a machine gives, and never takes it for whoever may not approve', () => {
  expect([toActor({ by: 'bob' }, token), toOperatorRequester(token)]).toEqual(['bob', 'operator']);
  expect([toActor({ by: 'bob' }, ann), toOperatorRequester(ann)]).toEqual([ann.email, `person:${ann.personId}`]);
});

it('names a person by whichever key of theirs they ask', () => {
  expect(toRequester({ merchantId: 'shop' })).toBe('merchant:shop');
  expect(toRequester({ merchantId: 'shop', personId: ann.personId })).toBe(`person:${ann.personId}`);
});
