import { describe, expect, it } from '@jest/globals';

import type { Credentials } from './credentials.ts';
import { readLauncherSettings } from './launcher.config.ts';
import { planServices } from './service-plan.ts';

const credentials: Credentials = {
  merchantId: 'merchant-1',
  intakeApiKey: 'secret-of-the-shop',
  operatorToken: 'secret-of-the-operator',
  primerApiKey: 'secret-of-primer',
  webhookSecret: 'secret-of-webhooks',
  masterKey: 'secret-of-all-secrets',
};

const secretsOfPrimer = { PRIMER_API_KEY: 'key-of-the-dashboard', PRIMER_WEBHOOK_SECRET: 'secret-of-the-dashboard' };

function plan(environment: Record<string, string> = {}) {
  return planServices({
    settings: readLauncherSettings(environment),
    credentials,
    databaseUrls: {
      intake: 'url-of-intake',
      risk: 'url-of-risk',
      gateway: 'url-of-gateway',
      console: 'url-of-console',
      ledger: 'url-of-ledger',
      approvals: 'url-of-approvals',
    },
    brokers: '127.0.0.1:4092',
    dataDir: '/data',
    environment: { PATH: '/bin', ...environment },
  });
}

describe('the environment of each service', () => {
  it("holds its own database connection and never the administrator's", () => {
    const urls = plan({ DATABASE_URL: 'url-of-the-administrator' }).map(
      ({ environment }) => environment['DATABASE_URL'],
    );
    expect(urls).toEqual([
      undefined,
      ...['intake', 'risk', 'approvals', 'gateway', 'ledger', 'console'].map((app) => `url-of-${app}`),
    ]);
  });

  it("holds the secrets of Primer and of the shop in the emulator's case only, which plays both", () => {
    const given = {
      PRIMER_API_KEY: 'secret-of-primer',
      INTAKE_API_KEY: 'secret-of-the-shop',
      SANDBOX_SHOP_INTAKE_API_KEY: 'secret-of-the-shop',
    };
    const holders = (secret: string) =>
      plan(given).flatMap(({ app, environment }) => (Object.values(environment).includes(secret) ? [app] : []));
    expect(holders('secret-of-primer')).toEqual(['sandbox']);
    expect(holders('secret-of-webhooks')).toEqual(['sandbox']);
    expect(holders('secret-of-the-shop')).toEqual(['sandbox']);
    expect(holders('secret-of-all-secrets')).toEqual(['intake', 'risk', 'approvals', 'gateway', 'ledger', 'console']);
  });

  it('names the given Primer, and then there is no emulator', () => {
    const plans = plan({ PRIMER_API_URL: 'https://api.sandbox.primer.io', ...secretsOfPrimer });
    expect(plans.map(({ app }) => app)).toEqual(['intake', 'risk', 'approvals', 'gateway', 'ledger', 'console']);
    expect(new Set(plans.map(({ environment }) => environment['PRIMER_API_URL']))).toEqual(
      new Set(['https://api.sandbox.primer.io']),
    );
  });

  it("takes a Primer only with that one's secrets, not with those made for the emulator", () => {
    const { PRIMER_API_KEY } = secretsOfPrimer;
    const startWithout = () => plan({ PRIMER_API_URL: 'https://api.sandbox.primer.io', PRIMER_API_KEY });
    expect(startWithout).toThrow(/^PRIMER_WEBHOOK_SECRET is missing: set it/);
  });

  it('takes a stand-in on this machine with the secrets of the credentials file', () => {
    for (const PRIMER_API_URL of ['http://127.0.0.1:9000', 'http://localhost:9000', 'http://[::1]:9000']) {
      expect(plan({ PRIMER_API_URL }).map(({ app }) => app)).not.toContain('sandbox');
    }
  });

  it('limits the memory, and what was given wins', () => {
    const memory = (given: Record<string, string>) => {
      const [{ environment } = { environment: {} as NodeJS.ProcessEnv }] = plan(given);
      return [environment['NODE_OPTIONS'], environment['MALLOC_ARENA_MAX']];
    };
    expect(memory({})).toEqual([expect.stringMatching(/^--max-old-space-size=\d+ --max-semi-space-size=\d+$/), '2']);
    expect(memory({ NODE_OPTIONS: '--max-old-space-size=900', MALLOC_ARENA_MAX: '4' })).toEqual([
      expect.stringMatching(/ --max-old-space-size=900$/),
      '4',
    ]);
  });

  it('moves a port by its variable', () => {
    const [, intake] = plan({ INTAKE_PORT: '14001' });
    expect(intake).toMatchObject({ app: 'intake', port: 14_001, portVariable: 'INTAKE_PORT' });
    expect(intake?.environment['INTAKE_PORT']).toBe('14001');
  });
});
