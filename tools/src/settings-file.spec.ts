import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { ROOT } from './settings-file.ts';

/** A setting's line in a zod object of a config file: a name in capitals, a colon. */
const SETTING = /^\s+(?<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+):/gm;

const configFiles = globSync(
  ['{apps,libs,tools}/*/src/**/*.config.ts', 'tools/src/**/*.config.ts', 'libs/contracts/src/clocks.ts'],
  {
    cwd: ROOT,
  },
);
const explained = readFileSync(path.join(ROOT, '.env.example'), 'utf8');

describe('.env.example', () => {
  it.each(configFiles)('explains every setting that %s reads', (file) => {
    const source = readFileSync(path.join(ROOT, file), 'utf8');
    const names = [...source.matchAll(SETTING)].map((match) => match.groups?.['name'] ?? '');
    expect(names.filter((name) => !new RegExp(`^#?${name}=`, 'm').test(explained))).toEqual([]);
  });

  it('holds no value of a secret', () => {
    const secrets = explained.split('\n').filter((line) => /(KEY|TOKEN|SECRET|POSTGRES_PASSWORD)=./.test(line));
    expect(secrets).toEqual([]);
  });
});
