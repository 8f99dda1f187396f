import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { findFreePort } from '@tollgate/backends';

import type { ApprovalsOrder, ApprovalsResult } from '../load/approvals.types.ts';
import { WorkerProcess } from '../machine/worker-process.ts';
import type { ApprovalFigures, EmulatorFigures } from './figures.types.ts';
import { medianOf, percentilesOf } from './percentiles.ts';

const EMULATOR = path.resolve(import.meta.dirname, '../../../apps/sandbox/dist/bundle/main.js');
const API_KEY = 'api-key-of-the-benchmark';
const OPERATOR_TOKEN = 'operator-token-of-the-benchmark';
const WEBHOOK_SECRET = 'webhook-secret-of-the-benchmark';

const ROUNDS = 3;
const WARM_UP = 1_000;
const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

export interface EmulatorLoad {
  /** Approvals of each measurement. */
  readonly count: number;
  readonly inFlight: number;
  /** Write CPU profiles of the emulator there. */
  readonly cpuProfileDir?: string | undefined;
}

/**
 * The emulator with nothing beside it but its caller: attempts are started, then approved, `inFlight` at a time. Medians
 * of rounds, each on a new file; once without webhooks, and once until the last of them was answered.
 */
export async function measureEmulator(
  load: EmulatorLoad,
  interrupted: AbortSignal,
): Promise<Omit<EmulatorFigures, 'commit'>> {
  const rounds: Pick<EmulatorFigures, 'alone' | 'withWebhooks'>[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    interrupted.throwIfAborted();
    const alone = await measureApprovals(load);
    interrupted.throwIfAborted();
    rounds.push({
      alone,
      withWebhooks: await measureApprovals(load, await findFreePort()),
    });
  }
  return {
    approvals: load.count,
    alone: toMedians(rounds.map((round) => round.alone)),
    withWebhooks: toMedians(rounds.map((round) => round.withWebhooks)),
  };
}

async function measureApprovals(
  { count, inFlight, cpuProfileDir }: EmulatorLoad,
  webhookPort?: number,
): Promise<ApprovalFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tollgate-bench-emulator-'));
  const port = await findFreePort();
  const emulator = startEmulator({ folder, port, webhookPort, cpuProfileDir });
  const driver = new WorkerProcess<ApprovalsOrder, ApprovalsResult>('load/approvals-driver.main.js');
  const emulatorUrl = `http://127.0.0.1:${port}`;
  try {
    await untilReady(emulator, emulatorUrl);
    const { elapsedMs, emulatorCpuMs, answerMs, failures } = await driver.ask({
      count,
      inFlight,
      ...(webhookPort === undefined ? {} : { webhookPort }),
      emulatorUrl,
      emulatorPid: emulator.pid ?? 0,
      apiKey: API_KEY,
      operatorToken: OPERATOR_TOKEN,
      warmUp: WARM_UP,
    });
    if (Object.keys(failures).length > 0) throw new Error(`approvals were refused: ${JSON.stringify(failures)}`);
    return {
      perSecond: (count / elapsedMs) * 1000,
      answerMs: percentilesOf(answerMs),
      cpuMsPerApproval: emulatorCpuMs / count,
    };
  } finally {
    await driver.stop();
    await stop(emulator);
    rmSync(folder, { recursive: true, force: true });
  }
}

function startEmulator(place: {
  folder: string;
  port: number;
  webhookPort: number | undefined;
  cpuProfileDir: string | undefined;
}): ChildProcess {
  const profile = place.cpuProfileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${place.cpuProfileDir}`];
  return spawn(process.execPath, [...profile, EMULATOR], {
    // Of its own process group: Ctrl-C reaches the benchmark, which stops it in its turn.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      SANDBOX_PORT: String(place.port),
      SANDBOX_DATA_FILE: path.join(place.folder, 'emulator.sqlite'),
      PRIMER_API_KEY: API_KEY,
      PRIMER_WEBHOOK_SECRET: WEBHOOK_SECRET,
      TOLLGATE_OPERATOR_TOKEN: OPERATOR_TOKEN,
      ...(place.webhookPort === undefined ? {} : { SANDBOX_WEBHOOK_URL: `http://127.0.0.1:${place.webhookPort}/` }),
    },
  });
}

async function untilReady(emulator: ChildProcess, url: string): Promise<void> {
  const giveUpAtMs = performance.now() + READY_WITHIN_MS;
  for (;;) {
    if (emulator.exitCode !== null) throw new Error(`the emulator ended with exit code ${emulator.exitCode}`);
    if (performance.now() > giveUpAtMs) throw new Error('the emulator did not become ready');
    const status = await fetch(`${url}/health/ready`).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    await delay(LOOK_EVERY_MS);
  }
}

async function stop(emulator: ChildProcess): Promise<void> {
  if (emulator.exitCode !== null || emulator.signalCode !== null) return;
  const gone = once(emulator, 'exit');
  emulator.kill('SIGTERM');
  await gone;
}

function toMedians(rounds: readonly ApprovalFigures[]): ApprovalFigures {
  const median = (read: (figures: ApprovalFigures) => number): number => medianOf(rounds.map(read));
  return {
    perSecond: median((figures) => figures.perSecond),
    answerMs: {
      p50: median(({ answerMs }) => answerMs.p50),
      p95: median(({ answerMs }) => answerMs.p95),
      p99: median(({ answerMs }) => answerMs.p99),
      max: median(({ answerMs }) => answerMs.max),
    },
    cpuMsPerApproval: median((figures) => figures.cpuMsPerApproval),
  };
}
