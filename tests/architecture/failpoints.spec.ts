import { expect, it } from '@jest/globals';
import { FAILPOINTS } from '@tollgate/platform';

import { WAYS } from '../integrity/crash-plan.ts';
import { readSourceFiles } from './source-files.ts';

const names = Object.keys(FAILPOINTS);

it('every failpoint is a point that the code passes', () => {
  const product = readSourceFiles().filter(({ path }) => /^(apps|libs)\/[^/]+\/src\/.*(?<!\.spec)\.ts$/.test(path));
  const passed = product.flatMap(({ text }) => [...text.matchAll(/\bfailpoint\('([^']+)'\)/g)].map(([, name]) => name));

  expect(names.filter((name) => !passed.includes(name))).toEqual([]);
});

it('every failpoint has a way by which the crash tests reach it', () => {
  expect(Object.keys(WAYS).toSorted()).toEqual(names.toSorted());
});
