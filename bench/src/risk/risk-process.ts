import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { findFreePort, SERVICE_MEMORY } from '@tollgate/backends';
import { prepareIdentity } from '@tollgate/identity';
import { prepareDatabase, upsertMerchant } from '@tollgate/persistence';

import type { ColumnPlace } from '../columns/column.types.ts';

const RISK = path.resolve(import.meta.dirname, '../../../apps/risk/dist/bundle/main.js');
const RULE_SET = path.resolve(import.meta.dirname, '../../rulesets/ten-velocities.yaml');
const MASTER_KEY = Buffer.alloc(32, 5).toString('base64');
const READY_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 200;

const OPERATOR_TOKEN = 'operator-token-of-the-benchmark';

export const RISK_MERCHANT = 'shop-of-the-benchmark';

/** Risk alone, and where it listens. */
export interface RiskProcess {
  readonly process: ChildProcess;
  readonly url: string;
}

/** Starts risk alone, as `npm start` does, with ten velocities. */
export async function startRisk(place: ColumnPlace): Promise<RiskProcess> {
  const urls = await prepareDatabase({
    adminUrl: place.databaseUrl,
    masterKey: MASTER_KEY,
    services: [{ service: 'risk', schema: 'risk' }],
  });
  await prepareIdentity({
    adminUrl: place.databaseUrl,
    masterKey: MASTER_KEY,
    schema: 'identity',
    readers: ['risk'],
  });
  await upsertMerchant({
    adminUrl: place.databaseUrl,
    masterKey: MASTER_KEY,
    merchant: {
      merchantId: RISK_MERCHANT,
      intakeApiKey: 'intake-key-of-the-benchmark',
      primerApiKey: 'primer-key-of-the-benchmark',
      webhookSecret: 'webhook-secret-of-the-benchmark',
    },
  });
  const port = await findFreePort();
  const risk = spawn(process.execPath, [RISK], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      ...SERVICE_MEMORY,
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      RISK_PORT: String(port),
      DATABASE_URL: urls.risk,
      KAFKA_BROKERS: place.brokers,
      TOPIC_PREFIX: place.topicPrefix,
      TOLLGATE_MASTER_KEY: MASTER_KEY,
      TOLLGATE_OPERATOR_TOKEN: OPERATOR_TOKEN,
      RULESET_FILE: RULE_SET,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(risk, url);
  return { process: risk, url };
}

/** Asks risk as its operator. @throws Error where it does not answer 2xx */
export async function askRisk<Answer>({ url }: RiskProcess, route: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(`${url}${route}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`risk answers ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

export async function stopRisk({ process: risk }: RiskProcess): Promise<void> {
  if (risk.exitCode !== null || risk.signalCode !== null) return;
  const ended = once(risk, 'exit');
  risk.kill('SIGTERM');
  await ended;
}

async function untilReady(risk: ChildProcess, url: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < READY_WITHIN_MS; waitedMs += LOOK_EVERY_MS) {
    if (risk.exitCode !== null) throw new Error('risk ended before it was ready');
    try {
      const answer = await fetch(`${url}/health/ready`);
      if (answer.ok) return;
    } catch {
      // Not listening yet.
    }
    await delay(LOOK_EVERY_MS);
  }
  throw new Error('risk was not ready in time');
}
