import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';

import { BackendError } from './backend.errors.ts';
import type { BackendOptions, Progress, RunningBackend, RunningKafka, RunningPostgres } from './backend.types.ts';
import { isDockerUsable, startKafkaContainer, startPostgresContainer } from './docker.ts';
import { getMaven, getJava } from './java.ts';
import { startKafka } from './kafka.ts';
import { KAFKA_VERSION, areKafkaJarsCached } from './kafka-jars.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { startPostgres } from './postgres.ts';
import { whyNoSql } from './postgres-probe.ts';

export type BackendSource = 'environment' | 'embedded' | 'docker';

export interface ChosenPostgres {
  source: BackendSource;
  url: string;
  /** What was started; absent for an address given by the environment, which is not ours to stop. */
  server?: RunningBackend;
}

export interface ChosenKafka {
  source: BackendSource;
  brokers: string;
  server?: RunningBackend;
}

export interface ChooseOptions {
  /** Folder under which each backend gets its own. */
  dataDir: string;
  logsDir: string;
  /** Folder of `postgres.pid` and `kafka.pid`. */
  runDir: string;
  postgresPort: number;
  kafkaPort: number;
  environment?: NodeJS.ProcessEnv;
  /** Told what was chosen and why, one line each. */
  say(line: string): void;
  progress?: Progress;
}

const UNREACHABLE_ADVICE = 'Start it, correct the address, or unset the variable to have Tollgate start its own.';

/**
 * PostgreSQL and Kafka, each from the first of these that is there: the address in the environment (`DATABASE_URL`,
 * `KAFKA_BROKERS`), the embedded one, Docker. What is chosen is said.
 * @throws BackendError `NO_BACKEND` naming what to install, or what the chosen one throws
 */
export async function chooseBackends(
  options: ChooseOptions,
): Promise<{ postgres: ChosenPostgres; kafka: ChosenKafka }> {
  const [postgres, kafka] = await Promise.allSettled([choosePostgres(options), chooseKafka(options)]);
  if (postgres.status === 'fulfilled' && kafka.status === 'fulfilled') {
    return { postgres: postgres.value, kafka: kafka.value };
  }
  if (postgres.status === 'fulfilled') await postgres.value.server?.stop();
  if (kafka.status === 'fulfilled') await kafka.value.server?.stop();
  throw postgres.status === 'rejected' ? postgres.reason : (kafka as PromiseRejectedResult).reason;
}

async function choosePostgres(options: ChooseOptions): Promise<ChosenPostgres> {
  const url = (options.environment ?? process.env).DATABASE_URL;
  if (url) {
    options.say('PostgreSQL: the one DATABASE_URL names');
    const problem = await whyNoSql(url);
    if (problem === undefined) return { source: 'environment', url };
    throw new BackendError('ADDRESS_UNREACHABLE', 'the PostgreSQL that DATABASE_URL names does not answer', {
      advice: UNREACHABLE_ADVICE,
      detail: problem,
    });
  }
  const own = ownOptions(options, { name: 'postgres', port: options.postgresPort, portVariable: 'POSTGRES_PORT' });
  if (findPostgresBinaries() !== undefined) {
    options.say(`PostgreSQL: embedded, data in ${own.dataDir}`);
    return chosenPostgres('embedded', await startPostgres({ ...own, durable: true }));
  }
  if (await isDockerUsable()) {
    options.say('PostgreSQL: in Docker, because there is no embedded one for this platform');
    return chosenPostgres('docker', await startPostgresContainer(own));
  }
  throw new BackendError(
    'NO_BACKEND',
    `there is no embedded PostgreSQL for ${process.platform} on ${process.arch} and no Docker`,
    {
      advice: 'Start Docker, or set DATABASE_URL to a PostgreSQL 16 or newer.',
    },
  );
}

async function chooseKafka(options: ChooseOptions): Promise<ChosenKafka> {
  const brokers = (options.environment ?? process.env).KAFKA_BROKERS;
  if (brokers) {
    options.say(`Kafka: the one KAFKA_BROKERS names (${brokers})`);
    await assertBrokerListens(brokers);
    return { source: 'environment', brokers };
  }
  const own = ownOptions(options, { name: 'kafka', port: options.kafkaPort, portVariable: 'KAFKA_PORT' });
  const missing = await whyNotEmbedded();
  if (missing === undefined) {
    options.say(`Kafka: embedded, version ${KAFKA_VERSION} on this machine's Java, data in ${own.dataDir}`);
    return chosenKafka('embedded', await startKafka(own));
  }
  if (await isDockerUsable()) {
    options.say(`Kafka: in Docker, because ${missing.message}`);
    return chosenKafka('docker', await startKafkaContainer(own));
  }
  throw new BackendError('NO_BACKEND', `${missing.message}, and there is no Docker`, {
    advice: missing.advice,
    cause: missing,
  });
}

/** What an embedded broker lacks: Java, or Maven while its jars are not there yet. */
async function whyNotEmbedded(): Promise<BackendError | undefined> {
  try {
    await getJava();
    if (!areKafkaJarsCached()) await getMaven();
    return undefined;
  } catch (error) {
    if (error instanceof BackendError) return error;
    throw error;
  }
}

function ownOptions(
  options: ChooseOptions,
  { name, port, portVariable }: { name: string; port: number; portVariable: string },
): BackendOptions {
  const dataDir = path.join(options.dataDir, name);
  mkdirSync(dataDir, { recursive: true });
  return {
    dataDir,
    port,
    portVariable,
    logFile: path.join(options.logsDir, `${name}.log`),
    pidFile: path.join(options.runDir, `${name}.pid`),
    ...(options.progress === undefined ? {} : { progress: options.progress }),
  };
}

function chosenPostgres(source: BackendSource, server: RunningPostgres): ChosenPostgres {
  return { source, url: server.url, server };
}

function chosenKafka(source: BackendSource, server: RunningKafka): ChosenKafka {
  return { source, brokers: server.brokers, server };
}

/** One broker that listens is enough: the client learns of the others from it. */
async function assertBrokerListens(brokers: string): Promise<void> {
  const listening = await Promise.all(brokers.split(',').map((broker) => listens(broker.trim())));
  if (listening.includes(true)) return;
  throw new BackendError('ADDRESS_UNREACHABLE', `no broker answers at KAFKA_BROKERS (${brokers})`, {
    advice: UNREACHABLE_ADVICE,
  });
}

function listens(address: string): Promise<boolean> {
  const separator = address.lastIndexOf(':');
  const socket = connect({
    host: address.slice(0, separator),
    port: Number(address.slice(separator + 1)),
    timeout: 3_000,
  });
  return new Promise((resolve) => {
    const answer = (value: boolean): void => {
      socket.destroy();
      resolve(value);
    };
    socket.once('connect', () => answer(true));
    socket.once('timeout', () => answer(false));
    socket.once('error', () => answer(false));
  });
}
