import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from '@jest/globals';

import { parseFailpoints } from './failpoint.ts';

const compiled = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

function runWith(setting: string | undefined, visits: number): ReturnType<typeof spawnSync> {
  const script = `
    const { armFailpoints, failpoint } = await import(${JSON.stringify(compiled)});
    if (process.argv[1] !== undefined) armFailpoints(process.argv[1]);
    for (let visit = 1; visit <= ${visits}; visit++) {
      process.stdout.write('visit ' + visit + '\\n');
      failpoint('batch.after-commit');
    }`;
  const args = ['--input-type=module', '--eval', script, ...(setting === undefined ? [] : [setting])];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

describe('a failpoint', () => {
  it('does nothing unless the setting names it', () => {
    expect(runWith(undefined, 2)).toMatchObject({ status: 0, stderr: '' });
    expect(runWith('batch.before-commit', 2)).toMatchObject({ status: 0, stderr: '' });
  });

  it('kills the process on the visit that the setting counts to, and says so before it dies', () => {
    expect(runWith('batch.before-commit,batch.after-commit@2', 3)).toMatchObject({
      signal: 'SIGKILL',
      stdout: 'visit 1\nvisit 2\n',
      stderr: 'failpoint reached: batch.after-commit\n',
    });
  });

  it('that does not exist is an error which lists those that do', () => {
    expect(() => parseFailpoints('batch.nowhere')).toThrow(/"batch.nowhere" is not a failpoint; there are .*batch/);
    expect(() => parseFailpoints('batch.after-commit@0')).toThrow(RangeError);
  });
});
