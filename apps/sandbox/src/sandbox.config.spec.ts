import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readStandaloneConfig } from './sandbox.config.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-standalone-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function keysOf(environment: NodeJS.ProcessEnv = {}): readonly string[] {
  const { settings } = readStandaloneConfig({
    SANDBOX_DATA_FILE: join(folder, 'new', 'sandbox.sqlite'),
    ...environment,
  });
  return [settings.PRIMER_API_KEY, settings.PRIMER_WEBHOOK_SECRET, settings.TOLLGATE_OPERATOR_TOKEN];
}

describe('an emulator by itself', () => {
  it('makes its secrets once, and has the same at its next start', () => {
    const first = keysOf();
    expect(keysOf()).toEqual(first);
    expect(new Set(first).size).toBe(3);
  });

  it('takes what the environment says, and does not write it down', () => {
    const [apiKey] = keysOf({ PRIMER_API_KEY: 'key-of-the-environment', PRIMER_WEBHOOK_SECRET: '' });
    expect(apiKey).toBe('key-of-the-environment');
    expect(readFileSync(join(folder, 'new', 'keys.env'), 'utf8')).not.toContain('key-of-the-environment');
  });
});
