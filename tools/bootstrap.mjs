// The way in of every command: works on a bare clone with Node 20 and nothing installed, so it is plain JavaScript and
// imports Node's own modules only. It installs when the lock file asks for it, builds what changed, and hands over to
// the task, which runs on the Node that the project pins.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { takeLock } from './install-lock.mjs';
import { digestPageSources, isPageBuilt, notePageBuilt, PAGE_BUILD } from './page-build.mjs';
import { findStaleServices } from './service-bundles.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const BIN = path.join(ROOT, 'node_modules', '.bin');
const NODE_MAJOR_MIN = 24;

/** What each command runs, once everything is installed and built. Standard output is the task's alone. */
const TASKS = {
  build: ['--eval', ''], // installing and building was all
  start: ['tools/dist/start.main.js'],
  reset: ['tools/dist/reset.main.js'],
  setup: ['tools/dist/setup.main.js'],
  sample: ['tools/dist/sample.main.js'],
  sandbox: ['apps/sandbox/dist/standalone/standalone.main.js'],
  prove: ['tools/dist/prove.main.js'],
  conformance: ['tools/dist/conformance.main.js'],
  bench: ['--disable-warning=TimeoutNegativeWarning', 'bench/dist/bench.main.js'],
  ops: ['apps/ops/dist/main.js'],
  test: [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=TimeoutNegativeWarning',
    'node_modules/jest/bin/jest.js',
  ],
};

const [task, ...taskArguments] = process.argv.slice(2);
process.exitCode = await main();

/** @returns {Promise<number>} the exit code */
async function main() {
  const command = TASKS[task];
  if (command === undefined) {
    console.error(`usage: node tools/bootstrap.mjs <${Object.keys(TASKS).join(' | ')}> [options]`);
    return 2;
  }
  const release = await takeLock(path.join(ROOT, '.bootstrap.lock'), (holder) =>
    console.error(`waiting for process ${holder}, which installs or builds this checkout`),
  );
  try {
    if (!isInstalled()) await install();
    await build();
  } catch (error) {
    console.error(`\n${error.message}`);
    return 1;
  } finally {
    release();
  }
  return runTask([...command, ...taskArguments]);
}

/** Whether node_modules was made from this very lock file: by us (a stamp) or by hand (npm's own copy is newer). */
function isInstalled() {
  const installed = path.join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  if (existsSync(stampFile()) && readFileSync(stampFile(), 'utf8') === lockFileHash()) return true;
  return statSync(installed).mtimeMs >= statSync(path.join(ROOT, 'package-lock.json')).mtimeMs;
}

async function install() {
  const startedAt = Date.now();
  const environment = { ...process.env, PATH: pathWithoutOwnBin() };
  delete environment.NODE_ENV; // "production" would leave the compiler out
  await runStep(
    'installing packages (npm ci)',
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional'],
    environment,
  );
  writeFileSync(stampFile(), lockFileHash());
  console.error(`packages installed in ${seconds(startedAt)}`);
}

async function build() {
  const startedAt = Date.now();
  await runStep(
    'building',
    pinnedNode(),
    [path.join(ROOT, 'node_modules/@typescript/native/bin/tsc'), '-b'],
    process.env,
  );
  await buildPage();
  if (findStaleServices().length > 0) {
    await runStep('bundling the services', pinnedNode(), ['tools/service-bundles.mjs'], process.env);
  }
  const QUICK_MS = 3_000;
  if (Date.now() - startedAt > QUICK_MS) console.error(`built in ${seconds(startedAt)}`);
}

async function buildPage() {
  const digest = digestPageSources(ROOT);
  if (isPageBuilt(ROOT, digest)) return;
  await runStep("building the console's page", pinnedNode(), PAGE_BUILD, process.env);
  notePageBuilt(ROOT, digest);
}

/**
 * Runs a step with a sign of life: a turning line on a terminal, a line every ten seconds elsewhere. Its output is
 * shown only when it fails.
 */
async function runStep(title, command, args, environment) {
  const startedAt = Date.now();
  const onTerminal = process.stderr.isTTY;
  const show = () =>
    onTerminal
      ? process.stderr.write(`\r\u001B[K${title} … ${seconds(startedAt)}`)
      : console.error(`${title} … ${seconds(startedAt)}`);
  const clock = setInterval(show, onTerminal ? 200 : 10_000);
  const child = spawn(command, args, { cwd: ROOT, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const stopListening = passSignals(child);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const ending = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : (signal ?? `exit code ${code}`)));
  });
  clearInterval(clock);
  stopListening();
  if (onTerminal) process.stderr.write('\r\u001B[K');
  if (ending !== undefined) throw new Error(`${title} failed (${ending}):\n${output.trim()}`);
}

/**
 * Runs the task on the pinned Node and passes signals on. Ctrl-C reaches the task directly as well, so tasks take two
 * signals within a moment for one. When npm dies without a word, its child is told to stop.
 * @returns {Promise<number>} the exit code
 */
function runTask(args) {
  const environment = { ...process.env, PATH: `${BIN}${path.delimiter}${process.env.PATH}`, TOLLGATE_BOOTSTRAP: '1' };
  const child = spawn(pinnedNode(), args, { cwd: ROOT, env: environment, stdio: 'inherit' });
  passSignals(child);
  const npm = findNpm();
  const watch = setInterval(() => {
    if (npm === undefined || findNpm() === npm) return;
    // Once: a second signal would make it stop by force.
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 500);
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('exit', (code, signal) => {
      clearInterval(watch);
      if (signal === 'SIGKILL') console.error('killed; "npm start" and "npm run reset" end what it left running');
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

/** The npm that runs this script: the parent, or the parent of the shell in between; undefined without npm. */
function findNpm() {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  try {
    // "pid (name) state ppid …", see proc(5)
    const [, name, grandparent] = /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8'));
    return /^(ba|da|z)?sh$/.test(name) ? Number(grandparent) : process.ppid;
  } catch {
    return process.ppid;
  }
}

/** Hands signals to the child instead of dying of them, so that nothing is left running. Returns the undoing. */
function passSignals(child) {
  const listeners = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => [signal, () => child.kill(signal)]);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => listeners.forEach(([signal, listener]) => process.off(signal, listener));
}

/** The Node of node_modules; where none is published for this platform, the one that runs this, if it is new enough. */
function pinnedNode() {
  const pinned = path.join(BIN, 'node');
  if (existsSync(pinned)) return realpathSync(pinned);
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR_MIN) return process.execPath;
  throw new Error(
    `Tollgate runs on Node ${NODE_MAJOR_MIN}, which npm has not for ${process.platform} on ${process.arch}: install Node ${NODE_MAJOR_MIN} and start again.`,
  );
}

/** npm must run on the Node it was installed with, not on the one that the installation is about to replace. */
function pathWithoutOwnBin() {
  const entries = (process.env.PATH ?? '').split(path.delimiter);
  return entries.filter((entry) => path.resolve(entry) !== BIN).join(path.delimiter);
}

function stampFile() {
  return path.join(ROOT, 'node_modules', '.tollgate-installed');
}

function lockFileHash() {
  return createHash('sha256')
    .update(readFileSync(path.join(ROOT, 'package-lock.json')))
    .digest('hex');
}

function seconds(startedAt) {
  return `${Math.round((Date.now() - startedAt) / 1000)} s`;
}
