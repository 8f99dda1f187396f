import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { BackendError } from './backend.errors.ts';
import type { BackendOptions, RunningKafka } from './backend.types.ts';
import { getJava } from './java.ts';
import { KAFKA_LOG_CONFIG, resolveKafkaJars } from './kafka-jars.ts';
import { brokerProperties, formatProperties } from './kafka-properties.ts';
import type { ProxiedListener } from './kafka-properties.ts';
import { assertPortFree, findFreePort } from './ports.ts';
import { spawnDetached } from './processes.ts';
import { SupervisedServer, placesOf, stopLeftover } from './supervised-server.ts';

const run = promisify(execFile);

export interface KafkaOptions extends BackendOptions {
  /**
   * `startup` (default) stops the JVM at its first compiler: ready in two seconds instead of seven, about a fifth
   * less throughput at the peak. `throughput` is for measurements.
   */
  optimiseFor?: 'startup' | 'throughput';
  /** For tests: a second listener, whose clients are sent through a proxy. */
  proxied?: ProxiedListener;
}

/** The broker writes it when clients are served. */
const READY_LINE = 'Kafka Server started';

/**
 * Starts Apache Kafka in KRaft mode on 127.0.0.1: one process, broker and controller, on this machine's Java. The
 * jars come from Maven once (`resolveKafkaJars`).
 * @throws BackendError `JAVA_MISSING`, `MAVEN_MISSING`, `KAFKA_JARS_UNRESOLVED`, `PORT_TAKEN`, `BACKEND_DID_NOT_START`
 */
export async function startKafka(options: KafkaOptions): Promise<RunningKafka> {
  const { dataDir, logFile } = placesOf(options);
  await stopLeftover(options);
  const java = await getJava();
  const jars = await resolveKafkaJars(options.progress);
  const port = options.port === undefined || options.port === 0 ? await findFreePort() : options.port;
  await assertPortFree({
    port,
    purpose: 'Kafka',
    ...(options.portVariable === undefined ? {} : { variable: options.portVariable }),
  });

  mkdirSync(dataDir, { recursive: true });
  const propertiesFile = path.join(dataDir, 'server.properties');
  const logDir = path.join(dataDir, 'log');
  const address = { port, controllerPort: await findFreePort(), listenHost: '127.0.0.1', logDir };
  writeFileSync(propertiesFile, formatProperties(brokerProperties({ ...address, proxied: options.proxied })));
  await formatStorage({ java, jars, propertiesFile, logDir, progress: options.progress });

  let logStart = 0;
  const server = new SupervisedServer(
    {
      name: 'Kafka',
      spawn: () => {
        logStart = existsSync(logFile) ? statSync(logFile).size : 0;
        return spawnDetached({
          command: java,
          args: [...jvmFlags(options.optimiseFor ?? 'startup'), ...mainClass(jars, 'kafka.Kafka'), propertiesFile],
          logFile,
          workingDirectory: dataDir,
        });
      },
      isReady: async () => readFrom(logFile, logStart).includes(READY_LINE),
      readyWithinMs: 90_000,
      stopSignal: 'SIGTERM',
      stopWithinMs: 7_000,
      abandonSignal: 'KILL',
    },
    options,
  );
  await server.start();
  return Object.assign(server, { brokers: `127.0.0.1:${port}`, port });
}

function jvmFlags(optimiseFor: 'startup' | 'throughput'): string[] {
  return [
    '-Xms256m',
    '-Xmx384m',
    '-XX:+UseSerialGC',
    ...(optimiseFor === 'startup' ? ['-XX:TieredStopAtLevel=1'] : []),
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
  ];
}

function mainClass(jars: string, name: string): string[] {
  return [`-Dlog4j2.configurationFile=${KAFKA_LOG_CONFIG}`, '-cp', path.join(jars, '*'), name];
}

/** A broker's data folder must be formatted once; a half-formatted one is made anew. */
async function formatStorage({
  java,
  jars,
  propertiesFile,
  logDir,
  progress,
}: {
  java: string;
  jars: string;
  propertiesFile: string;
  logDir: string;
  progress: BackendOptions['progress'];
}): Promise<void> {
  if (existsSync(path.join(logDir, 'meta.properties'))) return;
  progress?.("formatting Kafka's storage");
  rmSync(logDir, { recursive: true, force: true });
  const clusterId = randomBytes(16).toString('base64url');
  const tool = mainClass(jars, 'kafka.tools.StorageTool');
  try {
    await run(java, [...jvmFlags('startup'), ...tool, 'format', `--cluster-id=${clusterId}`, '-c', propertiesFile]);
  } catch (error) {
    throw new BackendError('BACKEND_DID_NOT_START', 'Kafka could not format its storage', {
      advice: `Check that ${logDir} is writable and that the disk is not full.`,
      detail: String((error as { stderr?: string }).stderr ?? error),
      cause: error,
    });
  }
}

function readFrom(file: string, fromByte: number): string {
  const length = statSync(file).size - fromByte;
  if (length <= 0) return '';
  const buffer = Buffer.alloc(length);
  const descriptor = openSync(file, 'r');
  try {
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, length, fromByte));
  } finally {
    closeSync(descriptor);
  }
}
