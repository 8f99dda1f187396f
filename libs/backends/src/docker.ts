import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { BackendError } from './backend.errors.ts';
import type { BackendOptions, RunningBackend, RunningKafka, RunningPostgres } from './backend.types.ts';
import { KAFKA_VERSION } from './kafka-jars.ts';
import { brokerProperties, toContainerEnvironment } from './kafka-properties.ts';
import { assertPortFree, findFreePort } from './ports.ts';
import { answersSql } from './postgres-probe.ts';
import { readOrMakePassword } from './admin-password.ts';

const run = promisify(execFile);

const POSTGRES_IMAGE = 'postgres:18-bookworm';
const KAFKA_IMAGE = `apache/kafka:${KAFKA_VERSION}`;
const STOP_WITHIN_S = 7;
const READY_POLL_MS = 250;
const READY_WITHIN_MS = 120_000;
/** Names the volume of a backend that ran in a container, so that a reset finds it. */
const VOLUME_FILE = 'docker-volume';

/** Whether a Docker daemon answers. */
export async function isDockerUsable(): Promise<boolean> {
  try {
    await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

/** PostgreSQL in a container, published on 127.0.0.1; its data is a volume named after the data folder. */
export async function startPostgresContainer(options: BackendOptions): Promise<RunningPostgres> {
  const { port, name } = await prepare(options, 'PostgreSQL');
  const password = readOrMakePassword(path.join(options.dataDir, 'admin-password'));
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const container = new Container(
    name,
    [
      '--publish',
      `127.0.0.1:${port}:5432`,
      '--volume',
      `${name}:/var/lib/postgresql`,
      '--env',
      'POSTGRES_PASSWORD',
      POSTGRES_IMAGE,
    ],
    { POSTGRES_PASSWORD: password },
    () => answersSql(url),
  );
  options.progress?.(`starting ${POSTGRES_IMAGE} in Docker (the first time Docker fetches it)`);
  await container.start();
  return Object.assign(container, { url, port });
}

/** Kafka in a container, published on 127.0.0.1; its data is a volume named after the data folder. */
export async function startKafkaContainer(options: BackendOptions): Promise<RunningKafka> {
  const { port, name } = await prepare(options, 'Kafka');
  const logDir = '/var/lib/kafka/data';
  // The broker also talks to itself by the advertised address, so it listens on the published port's number.
  const environment = {
    ...toContainerEnvironment(brokerProperties({ port, controllerPort: port + 1, listenHost: '', logDir })),
    CLUSTER_ID: createHash('sha256').update(name).digest().subarray(0, 16).toString('base64url'),
  };
  const container = new Container(
    name,
    [
      ...['--publish', `127.0.0.1:${port}:${port}`, '--volume', `${name}:${logDir}`],
      ...Object.keys(environment).flatMap((variable) => ['--env', variable]),
      KAFKA_IMAGE,
    ],
    environment,
    async () => (await container.output()).includes('Kafka Server started'),
  );
  options.progress?.(`starting ${KAFKA_IMAGE} in Docker (the first time Docker fetches it)`);
  await container.start();
  return Object.assign(container, { brokers: `127.0.0.1:${port}`, port });
}

/** Removes the container and the volume that a backend on this data folder used, if it ever ran in Docker. */
export async function removeContainerData(dataDir: string): Promise<void> {
  const file = path.join(dataDir, VOLUME_FILE);
  if (!existsSync(file)) return;
  const name = readFileSync(file, 'utf8').trim();
  await run('docker', ['rm', '--force', name]);
  await run('docker', ['volume', 'rm', '--force', name]);
  rmSync(file);
}

async function prepare(
  options: BackendOptions,
  purpose: 'PostgreSQL' | 'Kafka',
): Promise<{ port: number; name: string }> {
  const hash = createHash('sha256').update(path.resolve(options.dataDir)).digest('hex').slice(0, 10);
  const name = `tollgate-${purpose.toLowerCase()}-${hash}`;
  // What a killed launcher left behind holds the name and the port.
  await run('docker', ['rm', '--force', name]);
  const port = options.port === undefined || options.port === 0 ? await findFreePort() : options.port;
  await assertPortFree({
    port,
    purpose,
    ...(options.portVariable === undefined ? {} : { variable: options.portVariable }),
  });
  mkdirSync(options.dataDir, { recursive: true });
  writeFileSync(path.join(options.dataDir, VOLUME_FILE), `${name}\n`);
  return { port, name };
}

/** One container of ours: run, watched, stopped and removed. The docker command is told secrets by its environment only. */
class Container implements RunningBackend {
  private readonly exitListeners: (() => void)[] = [];
  private expectsExit = false;

  constructor(
    private readonly name: string,
    private readonly runArguments: readonly string[],
    private readonly environment: Record<string, string>,
    private readonly isReady: () => Promise<boolean>,
  ) {}

  async start(): Promise<void> {
    try {
      await run('docker', ['run', '--detach', '--name', this.name, ...this.runArguments], {
        env: { ...process.env, ...this.environment },
      });
    } catch (error) {
      throw this.didNotStart('could not be run', String((error as { stderr?: string }).stderr ?? error));
    }
    await this.waitUntilReady();
    this.watch();
  }

  async stop(): Promise<void> {
    this.expectsExit = true;
    await run('docker', ['stop', '--time', String(STOP_WITHIN_S), this.name]).catch(() => {});
    await run('docker', ['rm', '--force', this.name]);
  }

  async kill9(): Promise<void> {
    this.expectsExit = true;
    await run('docker', ['kill', this.name]);
  }

  async restart(): Promise<void> {
    this.expectsExit = true;
    await run('docker', ['restart', '--time', String(STOP_WITHIN_S), this.name]);
    await this.waitUntilReady();
    this.watch();
  }

  onUnexpectedExit(listener: () => void): void {
    this.exitListeners.push(listener);
  }

  /** What the container wrote since it was last started. */
  async output(): Promise<string> {
    const started = await run('docker', ['inspect', '--format', '{{.State.StartedAt}}', this.name]);
    const { stdout, stderr } = await run('docker', ['logs', '--since', started.stdout.trim(), this.name]);
    return `${stdout}${stderr}`;
  }

  private async waitUntilReady(): Promise<void> {
    const giveUpAt = performance.now() + READY_WITHIN_MS;
    while (!(await this.isReady())) {
      const { stdout } = await run('docker', ['inspect', '--format', '{{.State.Running}}', this.name]);
      if (stdout.trim() !== 'true') throw this.didNotStart('ended at once', await this.output());
      if (performance.now() > giveUpAt) {
        throw this.didNotStart(`was not ready within ${READY_WITHIN_MS / 1000} s`, await this.output());
      }
      await delay(READY_POLL_MS);
    }
  }

  private watch(): void {
    this.expectsExit = false;
    const waiting = spawn('docker', ['wait', this.name], { stdio: 'ignore', detached: true });
    waiting.unref();
    waiting.once('exit', () => {
      if (!this.expectsExit) for (const listener of this.exitListeners) listener();
    });
  }

  private didNotStart(how: string, output: string): BackendError {
    return new BackendError('BACKEND_DID_NOT_START', `the container ${this.name} ${how}`, {
      advice: `See "docker logs ${this.name}".`,
      detail: output.trimEnd().split('\n').slice(-25).join('\n'),
    });
  }
}
