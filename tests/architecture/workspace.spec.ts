import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { REPOSITORY, readJson } from './source-files.ts';

const apps = packagesIn('apps');
const libs = packagesIn('libs');

describe('every app and library is known everywhere', () => {
  it('nest-cli.json names each with its own folder', () => {
    const { projects } = readJson<{ projects: Record<string, { type: string; root: string }> }>('nest-cli.json');
    const named = Object.entries(projects).map(([name, { type, root }]) => ({ name, type, root }));
    const expected = [
      ...apps.map((name) => ({ name, type: 'application', root: `apps/${name}` })),
      ...libs.map((name) => ({ name, type: 'library', root: `libs/${name}` })),
    ];
    expect(byName(named)).toEqual(byName(expected));
  });

  it('tsconfig.json builds each, the tools and the benchmark', () => {
    const { references } = readJson<{ references: { path: string }[] }>('tsconfig.json');
    const expected = [...apps.map((name) => `apps/${name}`), ...libs.map((name) => `libs/${name}`), 'tools', 'bench'];
    expect(references.map(({ path }) => path).toSorted()).toEqual(expected.toSorted());
  });

  it('each builds after exactly the libraries it depends on', () => {
    const folders = [...apps.map((name) => `apps/${name}`), ...libs.map((name) => `libs/${name}`), 'tools'];
    const differences = folders.flatMap((folder) => {
      const { dependencies = {} } = readJson<{ dependencies?: Record<string, string> }>(`${folder}/package.json`);
      const { references = [] } = readJson<{ references?: { path: string }[] }>(`${folder}/tsconfig.json`);
      const depended = Object.keys(dependencies).filter((name) => name.startsWith('@tollgate/'));
      const referenced = references.map(({ path }) => `@tollgate/${path.slice(path.lastIndexOf('/') + 1)}`);
      const same = JSON.stringify(depended.toSorted()) === JSON.stringify(referenced.toSorted());
      return same ? [] : [`${folder}: package.json has ${String(depended)}, tsconfig.json ${String(referenced)}`];
    });
    expect(differences).toEqual([]);
  });

  it('each app has a README', () => {
    expect(apps.filter((name) => !existsSync(join(REPOSITORY, 'apps', name, 'README.md')))).toEqual([]);
  });
});

describe('the tool chain is the pinned one', () => {
  it('tsc is TypeScript 7, though TypeScript 6 is installed beside it for its interface', async () => {
    const { stdout } = await promisify(execFile)('tsc', ['-v'], { cwd: REPOSITORY });
    expect(stdout).toMatch(/^Version 7\./);
  });

  it('tests run on Node 24 from node_modules', () => {
    expect(process.version).toMatch(/^v24\./);
    expect(process.execPath).toContain(`node_modules`);
  });

  it('the lock file fixes every package by its digest and names no place to download it from', () => {
    const { packages } = readJson<{ packages: Record<string, LockedPackage> }>('package-lock.json');
    const locked = Object.entries(packages).filter(([path]) => path.startsWith('node_modules/'));
    const downloaded = locked.filter(([, entry]) => entry.link !== true);
    expect(downloaded.filter(([, entry]) => /^https?:/.test(entry.resolved ?? '')).map(([path]) => path)).toEqual([]);
    expect(downloaded.filter(([, entry]) => entry.integrity === undefined).map(([path]) => path)).toEqual([]);
  });
});

interface LockedPackage {
  resolved?: string;
  integrity?: string;
  link?: boolean;
}

function packagesIn(folder: 'apps' | 'libs'): string[] {
  return readdirSync(join(REPOSITORY, folder)).filter((name) =>
    existsSync(join(REPOSITORY, folder, name, 'package.json')),
  );
}

function byName<T extends { name: string }>(items: T[]): T[] {
  return items.toSorted((one, other) => one.name.localeCompare(other.name));
}
