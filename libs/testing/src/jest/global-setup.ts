import { execFile } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { startRunBackends } from './run-backends.ts';
import type { RunBackends } from './run-backends.ts';
import { announceSummary } from './summary-line.ts';

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));

let backends: RunBackends | undefined;

/**
 * Starts PostgreSQL and Kafka once for the whole run and hands their addresses to the test processes. Runs only when a
 * test of the projects integration, e2e or integrity is selected.
 */
export default async function globalSetup(): Promise<void> {
  try {
    await buildStarter();
    await bundleServices();
    const runId = randomBytes(4).toString('hex');
    backends = await startRunBackends(runId, process.env);
    process.env.TOLLGATE_TEST_RUN = runId;
    process.env.DATABASE_URL = backends.databaseUrl;
    process.env.KAFKA_BROKERS = backends.brokers;
    // One seed for all files of the run; a given one repeats an earlier run.
    process.env.PROVE_SEED ||= String(randomInt(2 ** 31));
  } catch (error) {
    announceSummary({ passed: 0, failed: 1, skipped: 0 });
    throw new Error(`no backends for the tests: ${explain(error)}`, { cause: error });
  }
}

/** Gives PostgreSQL and Kafka back. @throws Error when something of the run could not be removed */
export async function releaseBackends(): Promise<void> {
  await backends?.release();
}

/** This process runs outside jest's compiler, so it needs libs/backends compiled: nothing to do after `npm test`. */
async function buildStarter(): Promise<void> {
  await promisify(execFile)('tsc', ['-b', 'libs/backends'], { cwd: REPOSITORY });
}

/** Tests start services as they run elsewhere, each from one file: nothing to do after `npm test`. */
async function bundleServices(): Promise<void> {
  await promisify(execFile)(process.execPath, ['tools/service-bundles.mjs'], { cwd: REPOSITORY });
}

/** What a backend's error says, what to do about it, and the end of the log that shows why. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { advice, detail, stderr } = error as { advice?: string; detail?: string; stderr?: string };
  return [error.message, advice, detail, stderr].filter((part) => part !== undefined && part !== '').join('\n');
}
