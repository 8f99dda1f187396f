import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@tollgate/testing';
import { Client } from 'pg';

import { assertPortFree, isAlive, isPortFree, readPid, startKafka, startPostgres } from '../src/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tollgate-backends-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('an embedded PostgreSQL', () => {
  it('comes back after a kill on the same port, with every row that was committed', async () => {
    const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), durable: true, ephemeral: true });
    try {
      await query(postgres.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
      await postgres.kill9();
      await postgres.restart();
      expect(await query(postgres.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    } finally {
      await postgres.stop();
    }
  });

  it('refuses a connection without the password that was made for it', async () => {
    const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), durable: false, ephemeral: true });
    try {
      const guessed = postgres.url.replace(/:[^:@]+@/, ':postgres@');
      await expect(query(guessed, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    } finally {
      await postgres.stop();
    }
  });

  it('leaves no process and no file behind when its owner is killed', async () => {
    const dataDir = path.join(folder, 'postgres');
    const entry = path.resolve(import.meta.dirname, '../dist/index.js');
    const script = `const { startPostgres } = await import(${JSON.stringify(entry)});
      await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: false, ephemeral: true });
      process.kill(process.pid, 'SIGKILL');`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' });
    const pids: number[] = [];
    await eventually(() => {
      const pid = readPid(path.join(dataDir, 'server.pid'));
      if (pid === undefined) throw new Error('not started yet');
      pids.push(pid);
    });
    if (owner.signalCode === null) await once(owner, 'exit');
    await eventually(() => {
      expect(pids.filter((pid) => isAlive(pid))).toEqual([]);
      expect(existsSync(dataDir)).toBe(false);
    });
  });
});

describe('an embedded Kafka', () => {
  it('comes back after a kill on the same port, and frees the port when it is stopped', async () => {
    const kafka = await startKafka({ dataDir: path.join(folder, 'kafka'), ephemeral: true });
    const deaths: string[] = [];
    kafka.onUnexpectedExit(() => deaths.push('unexpected'));
    await kafka.kill9();
    expect(await isPortFree(kafka.port)).toBe(true);
    await kafka.restart();
    expect(await isPortFree(kafka.port)).toBe(false);
    await kafka.stop();
    expect(await isPortFree(kafka.port)).toBe(true);
    expect(deaths).toEqual([]);
    expect(existsSync(path.join(folder, 'kafka'))).toBe(false);
  });
});

describe('a taken port', () => {
  it('is told with the process that holds it and the variable that moves it', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const check = assertPortFree({ port, purpose: 'Kafka', variable: 'KAFKA_PORT' });
    await expect(check).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(`process ${process.pid}`),
      advice: expect.stringContaining('KAFKA_PORT='),
    });
    holder.close();
  });
});
