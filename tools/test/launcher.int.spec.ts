import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findFreePort, isAlive, readPid, sendSignal } from '@tollgate/backends';
import { eventually } from '@tollgate/testing';

const ENTRY = path.resolve(import.meta.dirname, '../dist/start.main.js');
const RESET = path.resolve(import.meta.dirname, '../dist/reset.main.js');
const SERVICES = ['intake', 'risk', 'approvals', 'gateway', 'ledger', 'console', 'sandbox'];
const PROCESSES = [...SERVICES, 'postgres', 'kafka'];
const PORT_VARIABLES = PROCESSES.map((name) => name.toUpperCase());
const UP_WITHIN_MS = 120_000;
const STOPPED_WITHIN_MS = 30_000;

/** A launcher of its own installation: free ports, a folder that goes with the test. */
class Launcher {
  output = '';

  private constructor(readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  static start(...args: string[]): Launcher {
    const command = [ENTRY, '--sample', '0', '--data-dir', dataDir, ...args];
    return new Launcher(spawn(process.execPath, command, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  async isUp(): Promise<void> {
    await eventually(
      () => {
        if (this.child.exitCode !== null) throw new Error(`it ended: ${this.output}`);
        expect(this.output).toContain('stays up');
      },
      { timeoutMs: UP_WITHIN_MS },
    );
  }

  async exitCode(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    return this.child.exitCode;
  }
}

let folder: string;
let dataDir: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tollgate-launcher-'));
  dataDir = path.join(folder, 'data');
  const ports = await Promise.all(PORT_VARIABLES.map(async (name) => [`${name}_PORT`, String(await findFreePort())]));
  environment = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...Object.fromEntries(ports) };
});

afterAll(async () => {
  // What a failed test left running is told by the pid files, as to the next start.
  for (const pid of Object.values(pids())) sendSignal(pid, 'SIGKILL');
  await eventually(() => rmSync(folder, { recursive: true, force: true }));
});

function pids(): Record<string, number> {
  const runDir = path.join(dataDir, 'run');
  const found = PROCESSES.map((name) => [name, readPid(path.join(runDir, `${name}.pid`))] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

function isReady(app: string): Promise<boolean> {
  const port = environment[`${app.toUpperCase()}_PORT`];
  return fetch(`http://127.0.0.1:${port}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** What stands in the terminal is all that a person needs. */
async function expectPrintedAccountSignsIn(output: string): Promise<void> {
  const told = /the console, to review and look: (\S+) \((\S+), password (\S+)\)/.exec(output) ?? [];
  const [, address = '', email, password] = told;
  expect(await (await fetch(address)).text()).toContain('<title>');
  const signedIn = await fetch(`${address}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  expect(signedIn.status).toBe(200);
  expect(await signedIn.json()).toMatchObject({ person: { email, role: 'reviewer' } });
}

describe('npm start', () => {
  it('brings everything up, starts again what dies, refuses a second one, clears up after a kill and stops cleanly', async () => {
    const first = Launcher.start('--sample', '2');
    await first.isUp();
    // Of a stricter rule set in the shadow, then by a backtest; and every decision made again.
    expect(first.output).toMatch(/A stricter rule set, beside what was decided: \d of 2 attempts differ/);
    expect(first.output).toContain('2 of 2 the same to the byte');
    expect(first.output).toContain('Every invariant held.');
    const shop = /the shop, to pay by hand: (\S+)/.exec(first.output)?.[1] ?? '';
    expect((await fetch(shop, { redirect: 'manual' })).headers.get('location')).toBe('/shop');
    await expectPrintedAccountSignsIn(first.output);
    const running = pids();
    expect(Object.keys(running).toSorted()).toEqual(PROCESSES.toSorted());
    expect(readFileSync(path.join(dataDir, 'run', 'intake.pid'), 'utf8')).toBe(`${running['intake']}\n`);
    expect(statSync(path.join(dataDir, 'credentials.json')).mode & 0o777).toBe(0o600);

    sendSignal(running['ledger']!, 'SIGKILL');
    await eventually(
      async () => {
        expect(pids()['ledger']).not.toBe(running['ledger']);
        expect(await isReady('ledger')).toBe(true);
      },
      { timeoutMs: UP_WITHIN_MS },
    );

    const second = Launcher.start();
    expect(await second.exitCode()).toBe(1);
    expect(second.output).toContain(`process ${first.child.pid}`);

    first.child.kill('SIGKILL');
    await first.exitCode();
    const orphans = Object.values(pids());
    expect(orphans.every((pid) => isAlive(pid))).toBe(true);

    const third = Launcher.start();
    await third.isUp();
    expect(third.output).toContain('killed start left running');
    expect(orphans.filter((pid) => isAlive(pid))).toEqual([]);

    const last = Object.values(pids());
    third.child.kill('SIGINT');
    expect(await third.exitCode()).toBe(0);
    await eventually(() => expect(last.filter((pid) => isAlive(pid))).toEqual([]), { timeoutMs: STOPPED_WITHIN_MS });
    expect(readdirSync(path.join(dataDir, 'run'))).toEqual([]);

    const reset = spawn(process.execPath, [RESET, '--data-dir', dataDir], { stdio: 'ignore' });
    expect((await once(reset, 'exit'))[0]).toBe(0);
    expect(existsSync(dataDir)).toBe(false);
  }, 400_000);

  it('tells who holds a port that it needs, and which variable moves it', async () => {
    const { createServer } = await import('node:net');
    const port = Number(environment['RISK_PORT']);
    const holder = createServer().listen(port, '127.0.0.1');
    await once(holder, 'listening');
    const launcher = Launcher.start('--once');
    expect(await launcher.exitCode()).toBe(1);
    expect(launcher.output).toContain(`port ${port}, needed for risk, is taken by process ${process.pid}`);
    expect(launcher.output).toContain('RISK_PORT=');
    holder.close();
  }, 60_000);
});
