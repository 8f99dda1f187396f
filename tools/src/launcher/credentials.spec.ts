import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import {
  CredentialsError,
  readCredentialsFromEnvironment,
  readOrMakeCredentials,
  readOrMakeKeys,
} from './credentials.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tollgate-credentials-'));
  file = path.join(folder, 'credentials.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('credentials', () => {
  it('are made once, and are the same at the next start', () => {
    const first = readOrMakeCredentials(file, {});
    const second = readOrMakeCredentials(file, {});
    expect(first.made).toBe(true);
    expect(second).toEqual({ credentials: first.credentials, made: false });
  });

  it('can be read by their owner only', () => {
    readOrMakeCredentials(file, {});
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('differ from one installation to the next', () => {
    const other = path.join(folder, 'other.json');
    const secretsOf = (name: string) => {
      const { reviewers, operators, admin, ...keys } = readOrMakeCredentials(name, {}).credentials;
      const passwords = [...reviewers, ...operators, admin].map(({ password }) => password);
      return [...Object.values(keys), ...passwords];
    };
    const all = secretsOf(file);
    expect(all.filter((secret) => secretsOf(other).includes(secret))).toEqual([]);
    expect(new Set(all).size).toBe(all.length);
  });

  it('of an older file gain what it lacks, once, and what it has stays', () => {
    const { credentials } = readOrMakeCredentials(file, {});
    const { approvalsApiKey, platformApiKey, reviewers, operators, admin, ...older } = credentials;
    expect([approvalsApiKey, platformApiKey, reviewers, operators, admin]).not.toContain(undefined);
    writeFileSync(file, JSON.stringify({ ...older, reviewers }));
    const gained = readOrMakeCredentials(file, {});
    expect(gained.credentials).toMatchObject({ ...older, reviewers });
    expect(gained.credentials.admin.email).toBe(admin.email);
    expect(readOrMakeCredentials(file, {}).credentials).toEqual(gained.credentials);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('name no people where none are made', () => {
    const { reviewers, operators, admin, ...keys } = readOrMakeKeys(file, {});
    expect([reviewers, operators, admin]).toEqual([undefined, undefined, undefined]);
    expect(readOrMakeKeys(file, {})).toEqual(keys);
    expect(readOrMakeCredentials(file, {}).credentials).toMatchObject(keys);
  });

  it("give way to the environment's, where it has any", () => {
    const { credentials } = readOrMakeCredentials(file, { PRIMER_API_KEY: 'key-of-the-dashboard', INTAKE_API_KEY: '' });
    expect(credentials.primerApiKey).toBe('key-of-the-dashboard');
    expect(credentials.intakeApiKey).not.toBe('');
  });

  it('are not made anew when the file is damaged, which would orphan what the old ones sealed', () => {
    writeFileSync(file, '{"merchantId":"m"');
    expect(() => readOrMakeCredentials(file, {})).toThrow(CredentialsError);
  });

  it("are refused where the environment's are too short to be a secret, or no key", () => {
    const given = { INTAKE_API_KEY: 'short', TOLLGATE_MASTER_KEY: 'AAAA' };
    expect(() => readOrMakeCredentials(file, given)).toThrow(/: INTAKE_API_KEY, TOLLGATE_MASTER_KEY /);
  });

  it.each(['with a blank', 'with-a-line-break\n'])(
    'are refused where no header could carry the key at Primer: %j',
    (key) => {
      expect(() => readOrMakeCredentials(file, { PRIMER_API_KEY: key })).toThrow(/: PRIMER_API_KEY /);
    },
  );

  it('that are missing in the environment are named by their variables', () => {
    expect(() => readCredentialsFromEnvironment({ MERCHANT_ID: 'm' })).toThrow(/INTAKE_API_KEY.*TOLLGATE_MASTER_KEY/);
  });

  it('are not made anew while there is data that was sealed with the old ones', () => {
    expect(() => readOrMakeCredentials(file, {}, { dataOf: folder })).toThrow(
      /is gone, and .* was made with it: restore it/,
    );
  });
});
