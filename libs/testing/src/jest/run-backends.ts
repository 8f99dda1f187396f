import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { schemaPrefix, topicPrefix } from '../test-names.ts';
import { purgeBroker, purgeDatabase } from './purge-run.ts';

/** Addresses of this run's PostgreSQL (as administrator) and Kafka, and how to give them back. */
export interface RunBackends {
  databaseUrl: string;
  brokers: string;
  /** Ends what was started for the run with its data; given backends stay, cleared of the run. */
  release(): Promise<void>;
}

/**
 * PostgreSQL and Kafka for one run of the tests: each at the address the environment gives (`DATABASE_URL`,
 * `KAFKA_BROKERS`), else in a container (`TEST_BACKEND=containers`), else embedded with data in a temporary folder.
 * What is started here also ends when this process is killed.
 */
export async function startRunBackends(runId: string, environment: NodeJS.ProcessEnv): Promise<RunBackends> {
  const inContainers = environment.TEST_BACKEND === 'containers';
  const [postgres, kafka] = await Promise.allSettled([
    given(environment.DATABASE_URL, (url) => purgeDatabase(url, schemaPrefix(runId))) ??
      (inContainers ? postgresContainer() : embeddedPostgres()),
    given(environment.KAFKA_BROKERS, (brokers) => purgeBroker(brokers, topicPrefix(runId))) ??
      (inContainers ? kafkaContainer() : embeddedKafka()),
  ]);
  const started = [postgres, kafka].flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const release = async (): Promise<void> => void (await Promise.all(started.map((each) => each.stop())));
  if (postgres.status === 'rejected' || kafka.status === 'rejected') {
    await release();
    throw [postgres, kafka].find((each) => each.status === 'rejected')?.reason;
  }
  return { databaseUrl: postgres.value.address, brokers: kafka.value.address, release };
}

interface Backend {
  address: string;
  stop(): Promise<unknown>;
}

/** A backend that was there before the run and outlives it: stopping means to take everything of the run out of it. */
function given(address: string | undefined, purge: (address: string) => Promise<void>): Promise<Backend> | undefined {
  if (address === undefined || address === '') return undefined;
  return Promise.resolve({ address, stop: () => purge(address) });
}

async function embeddedPostgres(): Promise<Backend> {
  const { startPostgres } = await import('@tollgate/backends');
  const postgres = await inTemporaryFolder('tollgate-test-postgres-', (dataDir) =>
    startPostgres({ dataDir, durable: false, ephemeral: true }),
  );
  return { address: postgres.url, stop: () => postgres.stop() };
}

async function embeddedKafka(): Promise<Backend> {
  const { startKafka } = await import('@tollgate/backends');
  const kafka = await inTemporaryFolder('tollgate-test-kafka-', (dataDir) => startKafka({ dataDir, ephemeral: true }));
  return { address: kafka.brokers, stop: () => kafka.stop() };
}

/** What is started owns the folder and removes it in the end; what could not start must not leave it behind. */
async function inTemporaryFolder<T>(prefix: string, start: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  try {
    return await start(folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function postgresContainer(): Promise<Backend> {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  const container = await new PostgreSqlContainer('postgres:18-bookworm')
    .withCommand(['postgres', '-c', 'fsync=off', '-c', 'max_connections=200'])
    .start();
  return { address: container.getConnectionUri(), stop: () => container.stop() };
}

async function kafkaContainer(): Promise<Backend> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const { KAFKA_VERSION, brokerProperties, findFreePort, toContainerEnvironment } = await import('@tollgate/backends');
  // The broker tells clients its address, so the port outside must be known before it starts, and be the one inside.
  const port = await findFreePort();
  const properties = brokerProperties({
    port,
    controllerPort: port + 1,
    listenHost: '',
    logDir: '/var/lib/kafka/data',
  });
  const container = await new GenericContainer(`apache/kafka:${KAFKA_VERSION}`)
    .withEnvironment({
      ...toContainerEnvironment(properties),
      CLUSTER_ID: randomBytes(16).toString('base64url'),
    })
    .withExposedPorts({ container: port, host: port })
    .withWaitStrategy(Wait.forLogMessage('Kafka Server started'))
    .start();
  return { address: `${container.getHost()}:${port}`, stop: () => container.stop() };
}
