import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { findFreePort } from '@tollgate/backends';
import { prepareDatabase, upsertMerchant } from '@tollgate/persistence';

import type { ColumnPlace } from '../columns/column.types.ts';

const RISK = path.resolve(import.meta.dirname, '../../../apps/risk/dist/bundle/main.js');
const RULE_SET = path.resolve(import.meta.dirname, '../../rulesets/ten-velocities.yaml');
const MASTER_KEY = Buffer.alloc(32, 5).toString('base64');
const READY_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 200;

export const RISK_MERCHANT = 'shop-of-the-benchmark';

/** Starts risk alone, as `npm start` does, with ten velocities. */
export async function startRisk(place: ColumnPlace): Promise<ChildProcess> {
  const urls = await prepareDatabase({
    adminUrl: place.databaseUrl,
    masterKey: MASTER_KEY,
    services: [{ service: 'risk', schema: 'risk' }],
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
      NODE_ENV: 'production',
      LOG_LEVEL: 'warn',
      RISK_PORT: String(port),
      DATABASE_URL: urls.risk,
      KAFKA_BROKERS: place.brokers,
      TOPIC_PREFIX: place.topicPrefix,
      TOLLGATE_MASTER_KEY: MASTER_KEY,
      TOLLGATE_OPERATOR_TOKEN: 'operator-token-of-the-benchmark',
      RULESET_FILE: RULE_SET,
    },
  });
  await untilReady(risk, port);
  return risk;
}

export async function stopRisk(risk: ChildProcess): Promise<void> {
  if (risk.exitCode !== null || risk.signalCode !== null) return;
  const ended = once(risk, 'exit');
  risk.kill('SIGTERM');
  await ended;
}

async function untilReady(risk: ChildProcess, port: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < READY_WITHIN_MS; waitedMs += LOOK_EVERY_MS) {
    if (risk.exitCode !== null) throw new Error('risk ended before it was ready');
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`);
      if (answer.ok) return;
    } catch {
      // Not listening yet.
    }
    await delay(LOOK_EVERY_MS);
  }
  throw new Error('risk was not ready in time');
}
