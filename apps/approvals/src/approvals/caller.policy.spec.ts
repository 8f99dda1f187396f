import { describe, expect, it } from '@jest/globals';
import { MERCHANT_KEY_SCOPES, PLATFORM_KEY_SCOPES, type Principal, ROLE_SCOPES } from '@tollgate/contracts';
import { toCaller } from './caller.policy.ts';

const RITA = {
  personId: '1b7f7f0e-0000-4000-8000-000000000001',
  email: 'rita@shop.test',
  role: 'reviewer',
  isActive: true,
} as const;
const platform: Principal = { kind: 'platform', keyId: 'k', scopes: PLATFORM_KEY_SCOPES };
const merchant: Principal = { kind: 'merchant', merchantId: 'shop', scopes: MERCHANT_KEY_SCOPES };
const signedIn: Principal = { kind: 'person', ...RITA, displayName: 'Rita', scopes: ROLE_SCOPES.reviewer };

describe('who a request counts as', () => {
  it('is one party for a person, signed in, named by the platform, or by a key of theirs', () => {
    const parties = [
      toCaller(signedIn, undefined, undefined),
      toCaller(platform, 'RITA@shop.test', RITA),
      toCaller(platform, RITA.personId, RITA),
      toCaller({ ...platform, personId: RITA.personId }, undefined, undefined),
      toCaller({ ...merchant, personId: RITA.personId }, undefined, undefined),
    ].map(({ party }) => party);
    expect(new Set(parties)).toEqual(new Set([`person:${RITA.personId}`]));
  });

  it('is one party for a merchant, however many keys it has, whatever name it brings along', () => {
    const keys = [undefined, 'one', 'two'].map((keyId) => ({ ...merchant, ...(keyId === undefined ? {} : { keyId }) }));
    const callers = keys.map((key) => toCaller(key, 'rita@shop.test', RITA));
    expect(new Set(callers.map(({ party }) => party))).toEqual(new Set(['merchant:shop']));
    expect(callers.map(({ isReviewer, merchantId }) => [isReviewer, merchantId])).toEqual(
      keys.map(() => [false, 'shop']),
    );
  });

  it('is a reviewer only where a person is active and their role reviews', () => {
    const reviews = (role: keyof typeof ROLE_SCOPES, isActive: boolean) =>
      toCaller(platform, RITA.email, { ...RITA, role, isActive }).isReviewer;
    expect([reviews('viewer', true), reviews('reviewer', true), reviews('admin', true)]).toEqual([false, true, true]);
    expect(reviews('reviewer', false)).toBe(false);
    expect(toCaller(platform, 'user-1', undefined)).toMatchObject({
      isReviewer: false,
      name: 'user-1',
      party: 'user:user-1',
    });
    expect(toCaller(platform, undefined, undefined)).toMatchObject({ isReviewer: false, party: 'platform' });
    expect(toCaller({ ...signedIn, role: 'viewer', scopes: ROLE_SCOPES.viewer }, undefined, undefined).isReviewer).toBe(
      false,
    );
  });

  it('is a person only where there is one who is active, not for a name that the platform gives', () => {
    const isPerson = (caller: ReturnType<typeof toCaller>) => caller.isPerson;
    expect(isPerson(toCaller(signedIn, undefined, undefined))).toBe(true);
    expect(isPerson(toCaller(platform, RITA.email, { ...RITA, role: 'viewer' }))).toBe(true);
    for (const actor of [undefined, { ...RITA, isActive: false }]) {
      expect(isPerson(toCaller(platform, RITA.email, actor))).toBe(false);
    }
  });

  it('is nobody but its owner for a platform key that was given to a person, whomever it names', () => {
    const own = { ...platform, personId: '1b7f7f0e-0000-4000-8000-000000000002' };
    for (const caller of [toCaller(own, RITA.email, RITA), toCaller(own, 'user-1', undefined)]) {
      expect(caller.isReviewer).toBe(false);
      expect(caller.aliases).toContain(`person:${own.personId}`);
    }
    expect(toCaller({ ...platform, personId: RITA.personId }, RITA.email, RITA).isReviewer).toBe(true);
  });

  it('keeps every name of a person, so that records under any of them are theirs', () => {
    expect(toCaller(signedIn, undefined, undefined).aliases).toEqual(
      expect.arrayContaining([RITA.email, RITA.personId, `person:${RITA.personId}`]),
    );
  });
});
