import { describe, expect, it } from '@jest/globals';

import { readSourceFiles } from './source-files.ts';
import type { SourceFile } from './source-files.ts';
import {
  TIDY_RULES,
  environmentIsReadOnce,
  nameTellsRole,
  noDrawerNames,
  noMachinePath,
  noRegistryNamed,
  noTestLeftOut,
  nothingPutOff,
  readmeFitsAPage,
  staysShort,
} from './tidy-rules.ts';
import type { TidyRule } from './tidy-rules.ts';

describe('in this repository', () => {
  // The rules and their planted examples hold what they forbid.
  const files = readSourceFiles().filter(({ path }) => path !== 'tests/architecture/tidy.spec.ts');

  it.each(Object.entries(TIDY_RULES))('%s', (_promise, rule) => {
    const complaints = files.flatMap((file) => rule(file).map((complaint) => `${file.path} ${complaint}`));
    expect(complaints).toEqual([]);
  });
});

describe('the rules themselves', () => {
  const lines = (count: number): string => 'x\n'.repeat(count);
  const cases: [promise: string, rule: TidyRule, bad: SourceFile[], good: SourceFile[]][] = [
    [
      'a file name without a role is found in an app, and not in a library',
      nameTellsRole,
      [
        { path: 'apps/intake/src/attempts/attempt.ts', text: '' },
        { path: 'apps/intake/src/attempts/attempt.manager.ts', text: '' },
        { path: 'apps/intake/src/attempts/AttemptPolicy.policy.ts', text: '' },
        { path: 'apps/intake/src/attempts/index.ts', text: '' },
        { path: 'libs/contracts/src/events/index.ts', text: '' },
        { path: 'apps/console/page/review/Queue.tsx', text: '' },
        { path: 'apps/console/page/review/queue.ts', text: '' },
        { path: 'apps/intake/test/post-attempt.spec.ts', text: '' },
        { path: 'apps/intake/src/attempts/sql/claim.sql.int.spec.ts', text: '' },
      ],
      [
        { path: 'apps/intake/src/main.ts', text: '' },
        { path: 'apps/intake/src/attempts/take-attempt.handler.ts', text: '' },
        { path: 'apps/intake/src/attempts/attempt.policy.spec.ts', text: '' },
        { path: 'apps/intake/test/post-attempt.int.spec.ts', text: '' },
        { path: 'libs/contracts/src/index.ts', text: '' },
        { path: 'libs/contracts/src/money.ts', text: '' },
        { path: 'apps/console/page/review/review-page.tsx', text: '' },
        { path: 'apps/console/page/review/use-approvals.ts', text: '' },
        { path: 'apps/console/page/review/queue.policy.ts', text: '' },
      ],
    ],
    [
      'a drawer is found in folders and in file names',
      noDrawerNames,
      [
        { path: 'libs/contracts/src/utils/money.ts', text: '' },
        { path: 'apps/risk/src/rule-helpers.service.ts', text: '' },
      ],
      [{ path: 'libs/contracts/src/money.ts', text: '' }],
    ],
    [
      'a long file is found',
      staysShort,
      [{ path: 'libs/contracts/src/money.ts', text: lines(401) }],
      [
        { path: 'libs/contracts/src/money.ts', text: lines(400) },
        { path: 'package-lock.json', text: lines(9_000) },
      ],
    ],
    [
      'a long README of an app is found',
      readmeFitsAPage,
      [{ path: 'apps/risk/README.md', text: lines(81) }],
      [
        { path: 'apps/risk/README.md', text: lines(80) },
        { path: 'README.md', text: lines(300) },
      ],
    ],
    [
      'what is put off is found',
      nothingPutOff,
      [{ path: 'tools/src/reset.ts', text: '// TODO: later' }],
      [{ path: 'tools/src/reset.ts', text: '// the todos of a shop' }],
    ],
    [
      'a test that is left out is found',
      noTestLeftOut,
      ["it.skip('x')", "describe.only('x')", "xit('x')", "it.skip.each([])('x')"].map((text) => ({
        path: 'libs/contracts/src/money.spec.ts',
        text,
      })),
      [{ path: 'libs/contracts/src/money.spec.ts', text: "it('skips what is known'); fit.value" }],
    ],
    [
      'a package registry is found anywhere',
      noRegistryNamed,
      [{ path: 'package-lock.json', text: ['https://registry', 'npmjs', 'org/x.tgz'].join('.') }],
      [{ path: 'package-lock.json', text: '"integrity": "sha512-x"' }],
    ],
    [
      "a path of somebody's machine is found",
      noMachinePath,
      ['see /home/ada/tollgate', "'/root/x'", 'cd /Users/ada/x'].map((text) => ({ path: 'a.md', text })),
      ['https://example.com/home/ada', 'apps/work/home', './root/x', '/home'].map((text) => ({ path: 'a.md', text })),
    ],
    [
      'a second reader of the environment is found',
      environmentIsReadOnce,
      [{ path: 'apps/risk/src/rules/evaluate.handler.ts', text: 'process.env.PORT' }],
      [
        { path: 'apps/risk/src/risk.config.ts', text: 'process.env' },
        { path: 'tools/src/start.ts', text: 'process.env' },
      ],
    ],
  ];

  it.each(cases)('%s', (_promise, rule, bad, good) => {
    expect(bad.filter((file) => rule(file).length === 0)).toEqual([]);
    expect(good.flatMap((file) => rule(file))).toEqual([]);
  });
});
