// Puts the large packages that tests load into few files: each test file loads its modules anew, and finding and
// loading those of the frameworks one by one took most of the time in which a test file does nothing else.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';

import { digestFiles } from './source-digest.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');
/** Below the packages' own folder: what is left out of the bundle is found from there. */
const PLACE = path.join(ROOT, 'node_modules', '.cache', 'tollgate', 'test-packages');

const PACKAGES = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/microservices',
  '@nestjs/platform-fastify',
  '@nestjs/swagger',
  '@nestjs/testing',
  'fastify',
  'kafkajs',
  'rxjs',
  'typeorm',
  'zod',
];

/** Native code, files of their own, and what takes a module for its own by its path. */
const LEFT_OUT = [/^swagger-ui-dist/, 'pg', 'pino', 'reflect-metadata', 'undici'];

/**
 * Makes them unless they are there already.
 * @returns jest's `moduleNameMapper`: where each package is found instead
 */
export async function bundleTestPackages() {
  const digest = digestFiles(ROOT, [path.join(ROOT, 'package-lock.json'), import.meta.filename]);
  const place = path.join(PLACE, digest.slice(0, 16));
  if (!existsSync(place)) await bundle(place);
  return Object.fromEntries(PACKAGES.map((name) => [`^${name}$`, path.join(place, `${toFileName(name)}.mjs`)]));
}

/** Made beside its place and moved there whole: a run that is cut short, or another at once, leaves nothing half done. */
async function bundle(place) {
  const { rolldown } = await import('rolldown');
  mkdirSync(PLACE, { recursive: true });
  const draft = mkdtempSync(`${place}.`);
  try {
    const build = await rolldown({
      input: await writeEntries(mkdtempSync(path.join(draft, 'entries.'))),
      platform: 'node',
      external: [/^node:/, ...builtinModules, ...LEFT_OUT],
      // Packages ask for others that may be there.
      onLog: () => {},
    });
    const names = { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' };
    await build.write({ dir: draft, format: 'esm', keepNames: true, ...names });
    if (!existsSync(place)) renameSync(draft, place);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** One module for each package. Names are told one by one: those of a CommonJS package cannot be seen from outside of it. */
async function writeEntries(folder) {
  const entries = {};
  for (const name of PACKAGES) {
    const file = path.join(folder, `${toFileName(name)}.mjs`);
    const names = Object.keys(await import(name)).filter((each) => each !== 'module.exports');
    writeFileSync(file, `export { ${names.join(', ')} } from '${name}';\n`);
    entries[toFileName(name)] = file;
  }
  return entries;
}

function toFileName(name) {
  return name.replace('@', '').replace('/', '-');
}
