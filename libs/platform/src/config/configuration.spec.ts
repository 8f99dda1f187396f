import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, readConfig } from './configuration.ts';
import { platformSettings, portNumber } from './platform.config.ts';

const settings = platformSettings.extend({
  INTAKE_PORT: portNumber.default(4001),
  DATABASE_URL: z.url().describe("the service's own PostgreSQL connection"),
});
const good = { TOLLGATE_OPERATOR_TOKEN: 'a-token-of-20-letters', DATABASE_URL: 'postgres://u:p@h/d' };

function problemsOf(environment: Record<string, string>): ConfigError {
  try {
    readConfig(settings, environment);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error;
    }
  }
  throw new Error('A ConfigError was expected');
}

describe('readConfig', () => {
  it('gives typed, frozen settings with their defaults', () => {
    const config = readConfig(settings, { ...good, INTAKE_PORT: '5001' });
    expect(config).toEqual({ ...good, HOST: '127.0.0.1', LOG_LEVEL: 'info', INTAKE_PORT: 5001 });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('names every variable that is missing or wrong at once, with what it means', () => {
    const error = problemsOf({ INTAKE_PORT: 'http', TOLLGATE_OPERATOR_TOKEN: 'short-secret' });
    expect(error.problems.map(({ variable }) => variable).toSorted()).toEqual([
      'DATABASE_URL',
      'INTAKE_PORT',
      'TOLLGATE_OPERATOR_TOKEN',
    ]);
    expect(error.message).toContain("DATABASE_URL is missing: set it (the service's own PostgreSQL connection)");
    expect(error.message).toContain('INTAKE_PORT is not usable');
    expect(error.message).not.toContain('\n');
  });

  it('never shows a value', () => {
    expect(problemsOf({ ...good, TOLLGATE_OPERATOR_TOKEN: 'short-secret' }).message).not.toContain('short-secret');
  });

  it('has no default for a secret, and takes an empty variable as a missing one', () => {
    expect(problemsOf({ ...good, TOLLGATE_OPERATOR_TOKEN: '' }).message).toContain(
      'TOLLGATE_OPERATOR_TOKEN is missing',
    );
    expect(readConfig(settings, { ...good, HOST: '' }).HOST).toBe('127.0.0.1');
  });
});
