// Puts each service and what it loads into one file: three quarters of a service's start, and a third of its memory,
// went into finding and loading some 2,900 modules one by one. Plain JavaScript, for the bootstrap asks here as well.
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { digestFiles } from './source-digest.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** Commands of operators start seldom and need no bundle. */
const SERVICES = readdirSync(path.join(ROOT, 'apps')).filter((app) => app !== 'ops');

/** Beside `dist/main.js` and one folder down, so that files are found by the same relative addresses from both. */
const BUNDLE = path.join('dist', 'bundle');

/** Left to be found as packages: native code, files of their own, and the driver that operators and tests can wrap. */
const PACKAGES_LEFT_OUT = [/^@node-rs\/argon2/, /^swagger-ui-dist/, 'pg'];

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleServices();

/** Services whose bundle was made from other compiled code, or not at all. */
export function findStaleServices() {
  const libraries = digestOf(['package-lock.json', 'tools/service-bundles.mjs', ...compiledLibraries()]);
  return SERVICES.map((service) => ({ service, digest: `${libraries} ${digestOf([`apps/${service}/dist`])}` })).filter(
    ({ service, digest }) => {
      const stamp = stampFile(path.join(ROOT, 'apps', service, BUNDLE));
      return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest;
    },
  );
}

async function bundleServices() {
  for (const { service, digest } of findStaleServices()) await bundle(service, digest);
}

/** Made beside its place and moved there whole: whoever starts a service meanwhile finds the old bundle or the new one. */
async function bundle(service, digest) {
  const { rolldown } = await import('rolldown');
  const place = path.join(ROOT, 'apps', service, BUNDLE);
  const draft = mkdtempSync(`${place}.`);
  try {
    const build = await rolldown({
      input: path.join(ROOT, 'apps', service, 'dist', 'main.js'),
      platform: 'node',
      external: [/^node:/, ...builtinModules, ...PACKAGES_LEFT_OUT],
      onLog: (_level, log) => refuseMissing(log),
    });
    // Names are kept: migrations and errors are told by the names of their classes.
    await build.write({ dir: draft, format: 'esm', keepNames: true, chunkFileNames: '[name]-[hash].js' });
    writeFileSync(stampFile(draft), digest);
    // A temporary folder is its maker's alone; in a container somebody else starts the service.
    chmodSync(draft, 0o755);
    rmSync(place, { recursive: true, force: true });
    renameSync(draft, place);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Frameworks ask for packages that may be there. Our own code asks only for what must be. */
function refuseMissing({ code, id, message }) {
  if (code === 'UNRESOLVED_IMPORT' && !id?.includes('node_modules')) throw new Error(message);
}

function compiledLibraries() {
  return readdirSync(path.join(ROOT, 'libs')).map((library) => `libs/${library}/dist`);
}

function digestOf(places) {
  return digestFiles(ROOT, places.flatMap(listCode));
}

/** A file itself, or the JavaScript compiled into a folder, without bundles and the console's page. */
function listCode(place) {
  const whole = path.join(ROOT, place);
  if (/\.\w+$/.test(place)) return [whole];
  if (!existsSync(whole)) return [];
  return readdirSync(whole, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory())
      return /^(?:bundle(?:\..*)?|page)$/.test(entry.name) ? [] : listCode(path.join(place, entry.name));
    return entry.name.endsWith('.js') ? [path.join(whole, entry.name)] : [];
  });
}

function stampFile(folder) {
  return path.join(folder, '.sources');
}
