import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { takeStandaloneKeys } from './standalone-keys.store.ts';

const NAMES = ['PRIMER_API_KEY', 'PRIMER_WEBHOOK_SECRET', 'TOLLGATE_OPERATOR_TOKEN'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-standalone-'));
  forget();
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  forget();
});

function forget(): void {
  for (const name of NAMES) Reflect.deleteProperty(process.env, name);
}

function taken(dataFile: string): readonly (string | undefined)[] {
  takeStandaloneKeys(dataFile);
  return NAMES.map((name) => process.env[name]);
}

it('keys are made once, and are the same at the next start', () => {
  const first = taken(join(folder, 'new', 'sandbox.sqlite'));
  forget();
  expect(taken(join(folder, 'new', 'sandbox.sqlite'))).toEqual(first);
  expect(new Set(first).size).toBe(NAMES.length);
  expect(first).not.toContain(undefined);
});

it('what the environment says stands, and is not written down', () => {
  process.env['PRIMER_API_KEY'] = 'key-of-the-environment';
  const [apiKey] = taken(join(folder, 'sandbox.sqlite'));
  expect(apiKey).toBe('key-of-the-environment');
  expect(readFileSync(join(folder, 'keys.env'), 'utf8')).not.toContain('key-of-the-environment');
});
