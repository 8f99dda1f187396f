import { describe, expect, it } from '@jest/globals';
import { findProxiedCall } from './proxied-routes.policy.ts';

describe('the way from the page to the services', () => {
  it('takes what the page shows and does, with its query', () => {
    expect(findProxiedCall('GET', '/approvals/v0/approvals?decision=pending&limit=100')).toEqual({
      service: 'approvals',
      target: '/v0/approvals?decision=pending&limit=100',
    });
    expect(findProxiedCall('PATCH', '/approvals/v0/approvals/apr_1-2')?.target).toBe('/v0/approvals/apr_1-2');
    expect(findProxiedCall('GET', '/ledger/v1/payments/DdRZ6YY0')?.service).toBe('ledger');
    expect(findProxiedCall('POST', '/risk/v1/rulesets')).toEqual({ service: 'risk', target: '/v1/rulesets' });
  });

  it.each([
    ['POST', '/intake/v1/attempts'],
    ['DELETE', '/approvals/v0/approvals/1'],
    ['GET', '/intake/metrics'],
    ['GET', '/intake/openapi.json'],
    ['GET', '/sandbox/_sandbox/stats'],
    ['GET', '/gateway/v1/kill-switch'],
    ['GET', '//evil.example/v1/attempts'],
    ['GET', '/approvals'],
  ])('leads nowhere for %s %s', (method, url) => {
    expect(findProxiedCall(method, url)).toBeUndefined();
  });

  it.each(['..', '.', '%2e%2e', 'a%2fb', 'a/b', 'a b', '', '.hidden', 'x'.repeat(129), 'a\\b', 'a#b', 'é'])(
    'takes no segment like %j, which a router could read in two ways',
    (segment) => {
      expect(findProxiedCall('GET', `/approvals/v0/approvals/${segment}`)?.target ?? '').not.toContain(segment || '//');
    },
  );
});
