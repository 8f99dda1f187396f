import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from '@jest/globals';
import { eventually, freePort } from '@tollgate/testing';
import { temporaryFolder } from './emulator.ts';

const folder = temporaryFolder();
const port = await freePort();
const keysFile = join(folder.path, 'keys.env');
const standalone = execFile(process.execPath, [join(import.meta.dirname, '../dist/standalone/standalone.main.js')], {
  env: { SANDBOX_DATA_FILE: join(folder.path, 'sandbox.sqlite'), SANDBOX_PORT: String(port), LOG_LEVEL: 'fatal' },
});

afterAll(async () => {
  if (standalone.exitCode === null) {
    const ended = once(standalone, 'exit');
    standalone.kill();
    await ended;
  }
  folder.remove();
});

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
const walk = /## A walk in any language[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme)![1]!;

it('works as the README prints it, on an emulator that was started alone and knows no key but those it made', async () => {
  await eventually(async () => expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200), {
    timeoutMs: 60_000,
  });
  const script = `. ${keysFile}\n${walk.replaceAll('127.0.0.1:4010', `127.0.0.1:${port}`)}`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script]);
  const answers = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as object);
  expect(answers).toMatchObject([
    { data: [{ definition: { kind: 'LOST_ANSWER' } }] },
    { error: { errorId: 'IdempotencyKeyAlreadyExists' } },
    { status: 'SETTLING' },
    { now: expect.any(String) },
    { status: 'SETTLED', processor: { amountRefunded: 1_200 } },
    { nextCursor: null },
  ]);
  expect(JSON.stringify(answers.at(-1))).toContain('PAYMENT_REFUNDED');
  expect(statSync(keysFile).mode & 0o777).toBe(0o600);
});
