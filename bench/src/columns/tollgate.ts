import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import path from 'node:path';

import { findFreePort, readPid } from '@tollgate/backends';

import type { ColumnPlace, RunningColumn } from './column.types.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const SERVICES = ['intake', 'risk', 'gateway', 'ledger'] as const;
const READY_LINE = 'Tollgate is ready';
const WAIT_SECONDS = 60;

/** What the launcher keeps in its data folder, as far as clients need it. */
interface Credentials {
  readonly merchantId: string;
  readonly intakeApiKey: string;
  readonly webhookSecret: string;
}

/** The product, by its own launcher, which is told where PostgreSQL, the broker and the provider are. */
export async function startTollgate(place: ColumnPlace): Promise<RunningColumn> {
  const dataDir = path.join(place.folder, 'tollgate');
  mkdirSync(dataDir, { recursive: true });
  const ports = { intake: await findFreePort(), ledger: await findFreePort() };
  const child = spawn(
    process.execPath,
    [path.join(ROOT, 'tools/dist/start.main.js'), '--sample', '0', '--data-dir', dataDir],
    {
      cwd: ROOT,
      // Of its own process group: Ctrl-C reaches the benchmark, which stops it in its turn.
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        // The launcher then notices when this process is gone, however it ended.
        TOLLGATE_BOOTSTRAP: '1',
        DATABASE_URL: place.databaseUrl,
        KAFKA_BROKERS: place.brokers,
        TOPIC_PREFIX: place.topicPrefix,
        PRIMER_API_URL: place.providerUrl,
        INTAKE_PORT: String(ports.intake),
        RISK_PORT: String(await findFreePort()),
        GATEWAY_PORT: String(await findFreePort()),
        LEDGER_PORT: String(ports.ledger),
        ...(place.cpuProfileDir === undefined
          ? {}
          : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${place.cpuProfileDir}` }),
      },
    },
  );
  await waitUntilReady(child);
  const { merchantId, intakeApiKey, webhookSecret } = readCredentials(dataDir);
  const processes = Object.fromEntries(
    SERVICES.map((service) => [service, readPid(path.join(dataDir, 'run', `${service}.pid`)) ?? 0]),
  );
  return {
    attemptsUrl: `http://127.0.0.1:${ports.intake}/v1/attempts`,
    headers: { authorization: `Bearer ${intakeApiKey}`, prefer: `wait=${WAIT_SECONDS}` },
    webhookUrl: `http://127.0.0.1:${ports.ledger}/webhooks/primer/${merchantId}`,
    webhookSecret,
    processes,
    stop: async () => {
      await stop(child);
      if (place.cpuProfileDir !== undefined) nameProfiles(place.cpuProfileDir, processes);
    },
  };
}

async function waitUntilReady(child: ChildProcess): Promise<void> {
  let said = '';
  child.stdout?.setEncoding('utf8');
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (text: string) => {
      said = (said + text).slice(-10_000);
      if (said.includes(READY_LINE)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`npm start ended with exit code ${code}:\n${said}`)));
    child.once('error', reject);
  });
}

function readCredentials(dataDir: string): Credentials {
  return JSON.parse(readFileSync(path.join(dataDir, 'credentials.json'), 'utf8')) as Credentials;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

/** `CPU.<date>.<time>.<pid>.….cpuprofile` becomes `<service>.….cpuprofile`. */
function nameProfiles(folder: string, processes: Readonly<Record<string, number>>): void {
  for (const [service, pid] of Object.entries(processes)) {
    for (const file of readdirSync(folder).filter((name) => name.includes(`.${pid}.`))) {
      renameSync(path.join(folder, file), path.join(folder, file.replace(/^CPU/, service)));
    }
  }
}
