// The console's page is built by Vite, when what it is made of has changed. Plain JavaScript, as all of the bootstrap.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { digestFiles } from './source-digest.mjs';

/** What the page is made of, from the top of the repository. */
const SOURCES = ['apps/console/page', 'apps/console/vite.config.mjs', 'package-lock.json'];
const BUILT = 'apps/console/dist/page';

/** Vite's command line: what to run on Node, and with which arguments. */
export const PAGE_BUILD = ['node_modules/vite/bin/vite.js', 'build', '--config', 'apps/console/vite.config.mjs'];

/**
 * Digest of everything that the page is made of.
 * @param {string} root the repository
 */
export function digestPageSources(root) {
  return digestFiles(
    root,
    SOURCES.flatMap((source) => listFiles(path.join(root, source))),
  );
}

/**
 * Whether the page was built from these very sources.
 * @param {string} root the repository
 * @param {string} digest of the sources
 */
export function isPageBuilt(root, digest) {
  const stamp = stampFile(root);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
}

/** Notes from which sources the page was built; a build that fails leaves no note, for Vite empties the folder first. */
export function notePageBuilt(root, digest) {
  writeFileSync(stampFile(root), digest);
}

function stampFile(root) {
  return path.join(root, BUILT, '.sources');
}

function listFiles(place) {
  if (!existsSync(place)) return [];
  const entries = readdirSync(path.dirname(place), { withFileTypes: true });
  if (entries.find(({ name }) => name === path.basename(place))?.isFile()) return [place];
  return readdirSync(place, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .toSorted();
}
