import { describe, expect, it } from '@jest/globals';
import { admit } from './oidc-claims.policy.ts';
import { oidcEnvironment, toOidcSettings } from './oidc-settings.config.ts';

const rules = {
  allowedDomains: ['shop.example'],
  roleClaim: 'groups',
  roles: new Map([
    ['staff', 'viewer'],
    ['payments', 'operator'],
  ] as const),
};
const claims = {
  iss: 'https://id.example',
  sub: '17',
  email: 'Ann@Shop.example',
  email_verified: true,
  name: 'Ann',
  groups: ['staff', 'payments', 'gardening'],
};

describe('somebody known by the provider', () => {
  it('comes in with the highest role of their groups', () => {
    expect(admit(claims, rules)).toEqual({
      issuer: 'https://id.example',
      subject: '17',
      email: 'ann@shop.example',
      displayName: 'Ann',
      role: 'operator',
    });
    expect(admit({ ...claims, groups: 'staff', name: undefined }, rules)).toMatchObject({
      role: 'viewer',
      displayName: 'ann@shop.example',
    });
  });

  it.each([
    ['an address that nobody has verified', { email_verified: false }],
    ['an address said to be verified in words', { email_verified: 'true' }],
    ['a foreign domain', { email: 'ann@evil.example' }],
    ['a domain that ends like ours', { email: 'ann@evil-shop.example' }],
    ['two domains', { email: 'ann@evil.example@shop.example' }],
    ['no address', { email: undefined }],
    ['no group of ours', { groups: ['gardening'] }],
    ['no groups', { groups: undefined }],
    ['a group called like something that every object has', { groups: ['constructor'] }],
    ['no subject', { sub: undefined }],
  ])('does not with %s', (_what, change) => {
    expect(admit({ ...claims, ...change }, rules)).toBeUndefined();
  });
});

describe('the settings', () => {
  const read = (environment: Record<string, string>) => toOidcSettings(oidcEnvironment.parse(environment));

  it('are none without an issuer, and whole with one', () => {
    expect(read({})).toBeUndefined();
    expect(() => read({ OIDC_ISSUER_URL: 'https://id.example', OIDC_CLIENT_ID: 'tollgate' })).toThrow(
      /OIDC_CLIENT_SECRET, OIDC_ALLOWED_DOMAINS, OIDC_ROLES missing/,
    );
    expect(
      read({
        OIDC_ISSUER_URL: 'https://id.example',
        OIDC_CLIENT_ID: 'tollgate',
        OIDC_CLIENT_SECRET: 'secret',
        OIDC_ALLOWED_DOMAINS: 'Shop.example, other.example',
        OIDC_ROLES: 'staff=viewer,payments=operator',
      }),
    ).toMatchObject({ allowedDomains: ['shop.example', 'other.example'], roles: rules.roles });
  });

  it.each(['', 'staff', 'staff=boss', '=viewer', 'a=viewer=b'])('refuse %j as roles', (text) => {
    expect(oidcEnvironment.safeParse({ OIDC_ROLES: text }).success).toBe(false);
  });
});
