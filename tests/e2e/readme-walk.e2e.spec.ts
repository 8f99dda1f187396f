import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from '@jest/globals';
import { eventually, findDifferentDecisions, startStack } from '@tollgate/testing';

const stack = await startStack(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'tollgate-readme-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const walk = /## One attempt by hand[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme)![1]!;

/** The walk as printed, but for where this stack listens and where its files lie. */
function placedHere(script: string): string {
  const { intake, gateway, ledger, sandbox } = stack.services;
  return script
    .replaceAll('http://127.0.0.1:4001', intake.url)
    .replaceAll('http://127.0.0.1:4004', gateway.url)
    .replaceAll('http://127.0.0.1:4005', ledger.url)
    .replaceAll('http://127.0.0.1:4010', sandbox.url)
    .replaceAll('/tmp/', `${folder}/`);
}

it('works as the README prints it, from the tokenised card to the refund in the books', async () => {
  mkdirSync(join(folder, '.tollgate'));
  writeFileSync(join(folder, '.tollgate/credentials.json'), JSON.stringify(stack.credentials));

  const { stdout } = await promisify(execFile)('bash', ['-eu', '-c', placedHere(walk)], { cwd: folder });
  expect(stdout).toContain('HTTP/1.1 200 OK');
  expect(stdout).toContain("status: 'APPROVED'");
  expect(stdout.match(/status: 'DONE'/g)).toHaveLength(2);

  const action = JSON.parse(readFileSync(join(folder, 'action.json'), 'utf8')) as { outcome: { paymentId: string } };
  await eventually(async () => {
    const answer = await fetch(`${stack.services.ledger.url}/v1/payments/${action.outcome.paymentId}`, {
      headers: { authorization: `Bearer ${stack.credentials.operatorToken}` },
    });
    expect(await answer.json()).toMatchObject({ status: 'SETTLING', refunded: { amountMinor: '2100' } });
  });
});

it('every decision of the rules comes out the same again', async () => {
  expect(await findDifferentDecisions(stack)).toEqual([]);
});
