import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expect, it } from '@jest/globals';

import { REPOSITORY } from './source-files.ts';

interface Cruise {
  summary: {
    totalCruised: number;
    violations: { from: string; to: string; rule: { name: string } }[];
    ruleSetUsed: { forbidden: { name: string; comment?: string }[] };
  };
}

it('no import crosses a boundary, and every boundary gives its reason', async () => {
  const { stdout } = await promisify(execFile)(
    'depcruise',
    ['--config', 'dependency-cruiser.cjs', '--output-type', 'json', 'apps', 'libs', 'tools', 'tests', 'bench'],
    { cwd: REPOSITORY, maxBuffer: 256 * 1024 * 1024 },
    // It exits with the number of violations; they are read below.
  ).catch((error: { stdout: string }) => error);
  const { summary } = JSON.parse(stdout) as Cruise;

  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  expect(summary.ruleSetUsed.forbidden.filter((rule) => rule.comment === undefined)).toEqual([]);
  expect(summary.totalCruised).toBeGreaterThan(100);
});
