import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { readOrMakePassword } from './admin-password.ts';
import { BackendError } from './backend.errors.ts';
import type { BackendOptions, EmbeddedPostgres } from './backend.types.ts';
import { assertPortFree, findFreePort } from './ports.ts';
import { choosePostgresAccount } from './postgres-account.ts';
import type { PostgresAccount } from './postgres-account.ts';
import { getPostgresBinaries } from './postgres-binaries.ts';
import { answersSql } from './postgres-probe.ts';
import { isAlive, readPid, spawnDetached } from './processes.ts';
import { SupervisedServer, placesOf, stopLeftover } from './supervised-server.ts';

const run = promisify(execFile);

export interface PostgresOptions extends BackendOptions {
  /** Whether a commit waits for the disk. Off only for tests: a power cut could then damage the data. */
  durable: boolean;
}

/** Pools of every service, the tests' and an operator's psql together stay well below it. */
const CONNECTIONS_MAX = 200;
/**
 * Ids are met at random: the tables and indexes that a million attempts leave behind fit, and every batch finds them in
 * memory. Taken as it is used, not at the start; `docker-compose.yml` says the same.
 */
const SHARED_BUFFERS = '512MB';

/**
 * Starts an embedded PostgreSQL on 127.0.0.1, making its cluster at the first start (about a second). The
 * administrator's password is random and lies beside the cluster, readable by its owner only.
 * @throws BackendError `PORT_TAKEN`, `POSTGRES_BINARIES_MISSING`, `NO_UNPRIVILEGED_ACCOUNT`, `BACKEND_DID_NOT_START`
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, logFile } = placesOf(options);
  await stopLeftover(options);
  const binaries = getPostgresBinaries();
  const port = options.port === undefined || options.port === 0 ? await findFreePort() : options.port;
  await assertPortFree({
    port,
    purpose: 'PostgreSQL',
    ...(options.portVariable === undefined ? {} : { variable: options.portVariable }),
  });

  mkdirSync(dataDir, { recursive: true });
  const account = choosePostgresAccount([dataDir, path.dirname(binaries.postgres)]);
  const password = readOrMakePassword(path.join(dataDir, 'admin-password'));
  const cluster = path.join(dataDir, 'cluster');
  await makeCluster({
    cluster,
    initdb: binaries.initdb,
    account,
    password,
    durable: options.durable,
    progress: options.progress,
  });

  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const server = new SupervisedServer(
    {
      name: 'PostgreSQL',
      spawn: () => {
        removeStaleLock(cluster);
        const args = ['-D', cluster, ...settings(port, options.durable)];
        return spawnDetached({ ...account.asCommand(binaries.postgres, args), logFile, workingDirectory: '/' });
      },
      isReady: () => answersSql(url),
      readyWithinMs: 60_000,
      stopSignal: 'SIGINT', // "fast": ends sessions, writes a checkpoint
      stopWithinMs: 7_000,
      abandonSignal: 'QUIT',
    },
    options,
  );
  await server.start();
  return Object.assign(server, { url, port, stopImmediately: () => server.quit() });
}

function settings(port: number, durable: boolean): string[] {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '', // the path of a socket has a limit of 107 bytes, that of a checkout has none
    max_connections: CONNECTIONS_MAX,
    shared_buffers: SHARED_BUFFERS,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function makeCluster({
  cluster,
  initdb,
  account,
  password,
  durable,
  progress,
}: {
  cluster: string;
  initdb: string;
  account: PostgresAccount;
  password: string;
  durable: boolean;
  progress: BackendOptions['progress'];
}): Promise<void> {
  // initdb writes PG_VERSION early; this file marks a cluster that was made to the end.
  const complete = path.join(path.dirname(cluster), 'cluster-complete');
  if (existsSync(complete)) return;
  progress?.('making the PostgreSQL cluster');
  rmSync(cluster, { recursive: true, force: true });
  mkdirSync(cluster, { mode: 0o700 });
  account.own(cluster);
  const passwordFile = path.join(cluster, '..', 'initial-password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  account.own(passwordFile);
  const { command, args, ...identity } = account.asCommand(initdb, [
    `--pgdata=${cluster}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    ...(durable ? [] : ['--no-sync']),
  ]);
  try {
    await run(command, args, { ...identity, cwd: '/' });
  } catch (error) {
    throw new BackendError('BACKEND_DID_NOT_START', 'PostgreSQL could not make its cluster', {
      advice: `Check that ${cluster} is writable and that the disk is not full.`,
      detail: String((error as { stderr?: string }).stderr ?? error),
      cause: error,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  writeFileSync(complete, '');
}

/** A killed server's lock names a pid that may since be a zombie or somebody else's: PostgreSQL would refuse to start. */
function removeStaleLock(cluster: string): void {
  const lock = path.join(cluster, 'postmaster.pid');
  const pid = readPid(lock);
  if (pid !== undefined && !isAlive(pid)) rmSync(lock, { force: true });
}
