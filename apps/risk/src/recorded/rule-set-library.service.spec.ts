import { describe, expect, it } from '@jest/globals';
import { KnownError } from '@tollgate/contracts';
import type { RuleSetRepository } from '../rule-sets/rule-set.repository.ts';
import { RuleSetLibrary } from './rule-set-library.service.ts';

const library = (get: (version: string) => Promise<unknown>) => new RuleSetLibrary({ get } as RuleSetRepository);

describe('RuleSetLibrary', () => {
  it('knows neither a set that is not kept nor one that this release cannot evaluate, and tells any other failure', async () => {
    const content = '{"name":"of-another-release"}';
    await expect(library((version) => Promise.resolve({ content, version })).find('v1')).resolves.toBeUndefined();
    const failing = (code: 'RULESET_NOT_FOUND' | 'DATABASE_UNAVAILABLE') =>
      library(() => Promise.reject(new KnownError(code))).find('v1');
    await expect(failing('RULESET_NOT_FOUND')).resolves.toBeUndefined();
    await expect(failing('DATABASE_UNAVAILABLE')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });
});
