import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { findFreePort } from '@tollgate/backends';
import { Kafka, logLevel } from 'kafkajs';

import type { ColumnPlace, RunningColumn } from './column.types.ts';
import { toEnvironment } from './service-settings.ts';

const SOURCE = path.resolve(import.meta.dirname, '..');
const SERVICES = ['intake', 'risk', 'gateway', 'ledger'] as const;
const TOPICS = ['attempts', 'decisions', 'outcomes', 'payment-statuses'] as const;
/** As many as the product's topics have. */
const PARTITIONS = 12;

/** A column of four services in `<folder>/<service>.main.ts`, built for comparison. */
export interface ComparisonColumn {
  readonly folder: 'tutorial' | 'ceiling';
  /** Makes the tables. */
  prepare(databaseUrl: string): Promise<void>;
}

/** Makes tables and topics, starts the four services and resolves when all say that they are ready. */
export async function startComparison(column: ComparisonColumn, place: ColumnPlace): Promise<RunningColumn> {
  await column.prepare(place.databaseUrl);
  await createTopics(place);
  const secrets = { apiKey: randomBytes(24).toString('hex'), webhookSecret: randomBytes(24).toString('hex') };
  const ports = { intake: await findFreePort(), ledger: await findFreePort(), risk: 0, gateway: 0 };
  const logFile = (service: string): string => path.join(place.folder, `${column.folder}-${service}.log`);
  const children = SERVICES.map((service) =>
    fork(path.join(SOURCE, column.folder, `${service}.main.js`), {
      detached: true,
      stdio: ['ignore', openSync(logFile(service), 'a'), openSync(logFile(service), 'a'), 'ipc'],
      execArgv: [],
      env: {
        PATH: process.env.PATH,
        KAFKAJS_NO_PARTITIONER_WARNING: '1',
        ...toEnvironment({
          ...secrets,
          databaseUrl: place.databaseUrl,
          brokers: place.brokers.split(','),
          topicPrefix: place.topicPrefix,
          providerUrl: place.providerUrl,
          port: ports[service],
        }),
      },
    }),
  );
  await Promise.all(children.map((child, index) => becomeReady(child, logFile(SERVICES[index] ?? ''))));
  return {
    attemptsUrl: `http://127.0.0.1:${ports.intake}/v1/attempts`,
    headers: { authorization: `Bearer ${secrets.apiKey}` },
    webhookUrl: `http://127.0.0.1:${ports.ledger}/webhooks/primer`,
    webhookSecret: secrets.webhookSecret,
    processes: Object.fromEntries(SERVICES.map((service, index) => [service, children[index]?.pid ?? 0])),
    stop: async () => {
      await Promise.all(children.map(stop));
    },
  };
}

async function createTopics({ brokers, topicPrefix }: ColumnPlace): Promise<void> {
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.ERROR }).admin();
  await admin.connect();
  const topics = TOPICS.map((topic) => ({ topic: `${topicPrefix}.${topic}`, numPartitions: PARTITIONS }));
  await admin.createTopics({ topics, waitForLeaders: true });
  await admin.disconnect();
}

async function becomeReady(child: ChildProcess, logFile: string): Promise<void> {
  const ended = new AbortController();
  try {
    await Promise.race([
      once(child, 'message', { signal: ended.signal }),
      once(child, 'exit', { signal: ended.signal }).then(() => {
        throw new Error(`${child.spawnargs.at(-1)} ended before it was ready:\n${readFileSync(logFile, 'utf8')}`);
      }),
    ]);
  } finally {
    ended.abort();
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
