import { describe, expect, it } from '@jest/globals';
import { readLedgerConfig, toSweepSettings } from './ledger.config.ts';

const environment = {
  DATABASE_URL: 'postgres://ledger@127.0.0.1/tollgate',
  KAFKA_BROKERS: '127.0.0.1:9092',
  PRIMER_API_URL: 'http://127.0.0.1:4010',
  TOLLGATE_MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
  TOLLGATE_OPERATOR_TOKEN: 'operator-token-of-a-test',
};

describe('the settings of the ledger', () => {
  it('have a default for everything but secrets and addresses', () => {
    const settings = readLedgerConfig(environment);
    expect(settings.WEBHOOK_TOLERANCE_MS).toBe(45 * 60_000);
    expect(toSweepSettings(settings)).toMatchObject({ earlyReadsMs: [60_000, 600_000, 3_600_000] });
  });

  it.each([
    ['a tolerance below 40 minutes', { WEBHOOK_TOLERANCE_MS: '2399999' }, 'WEBHOOK_TOLERANCE_MS'],
    ['a lease that ends before a call does', { SWEEP_LEASE_MS: '10000' }, 'SWEEP_LEASE_MS'],
    ['early reads that are no numbers', { SWEEP_EARLY_READS_MS: 'soon' }, 'SWEEP_EARLY_READS_MS'],
    ['no address of Primer', { PRIMER_API_URL: '' }, 'PRIMER_API_URL'],
    ['no master key', { TOLLGATE_MASTER_KEY: '' }, 'TOLLGATE_MASTER_KEY'],
  ])('refuse %s at start-up', (_fault, parts, variable) => {
    expect(() => readLedgerConfig({ ...environment, ...parts })).toThrow(variable);
  });
});
