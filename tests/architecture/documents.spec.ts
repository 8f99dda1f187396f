import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { REPOSITORY, readJson, readSourceFiles } from './source-files.ts';

const files = readSourceFiles();
const documents = files.filter(({ path }) => path.endsWith('.md'));

describe('.env.example', () => {
  const example = files.find(({ path }) => path === '.env.example')?.text ?? '';
  const told = new Set([...example.matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name ?? ''));

  it('tells every setting that a service or the launcher reads', () => {
    // A setting is a property in capitals of a settings schema.
    const read = files
      .filter(({ path }) => path.endsWith('.config.ts') || path === 'libs/contracts/src/clocks.ts')
      .flatMap(({ text }) =>
        [...text.matchAll(/^ +([A-Z][A-Z0-9]*_[A-Z0-9_]+|HOST): /gm)].map(([, name]) => name ?? ''),
      );

    expect(read.length).toBeGreaterThan(20);
    expect([...new Set(read)].filter((name) => !told.has(name))).toEqual([]);
  });

  it('tells no setting that nobody reads', () => {
    const code = files.filter(({ path }) => /\.(ts|mjs|ya?ml)$/.test(path) || path === 'Dockerfile');

    expect([...told].filter((name) => !code.some(({ text }) => text.includes(name)))).toEqual([]);
  });
});

describe('documents', () => {
  it('link to files that are there', () => {
    const broken = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)]
        .map(([, target]) => normalize(join(dirname(path), target ?? '')))
        .filter((target) => !existsSync(join(REPOSITORY, target)))
        .map((target) => `${path} → ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('name npm scripts that are there', () => {
    const { scripts } = readJson<{ scripts: Record<string, string> }>('package.json');
    const known = new Set(Object.keys(scripts));
    const unknown = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\bnpm run (?:--silent )?([a-z][a-z:-]*)/g)]
        .filter(([, name]) => !known.has(name ?? ''))
        .map(([command]) => `${path}: ${command}`),
    );
    expect(unknown).toEqual([]);
  });
});
