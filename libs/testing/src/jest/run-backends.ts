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
  const { KafkaContainer } = await import('@testcontainers/kafka');
  const container = await new KafkaContainer('apache/kafka:4.3.0')
    .withEnvironment({ KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0', KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000' })
    .start();
  const KAFKA_PORT_INSIDE = 9093;
  const address = `${container.getHost()}:${container.getMappedPort(KAFKA_PORT_INSIDE)}`;
  return { address, stop: () => container.stop() };
}
