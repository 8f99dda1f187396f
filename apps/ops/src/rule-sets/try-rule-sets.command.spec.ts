import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { recomputationExample, recomputedExample } from '@tollgate/contracts';
import { runRecompute } from './try-rule-sets.command.ts';

const ATTEMPT = recomputedExample.paymentAttemptId;
let folder: string;
let asked: string[];
let answer: unknown;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tollgate-recompute-'));
  writeFileSync(path.join(folder, 'credentials.json'), JSON.stringify({ operatorToken: 'operator-token' }));
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  asked = [];
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
    const { pathname, search } = new URL(url as string);
    asked.push(`${pathname}${search}`);
    return Response.json(answer);
  });
});

const run = (...args: string[]) => runRecompute([...args, '--data-dir', folder]);

describe('ops recompute', () => {
  it('says whose attempt is meant, since two merchants may name the same id', async () => {
    answer = recomputedExample;
    expect(await run(ATTEMPT, '--merchant', 'shop & co')).toBe(0);
    expect(await run(ATTEMPT)).toBe(0);
    const url = `/v1/decisions/${ATTEMPT}/recompute`;
    expect(asked).toEqual([`${url}?merchantId=shop+%26+co`, url]);
  });

  it('makes all decisions of one merchant again, of a range of time', async () => {
    answer = recomputationExample;
    const from = '2026-11-20T00:00:00Z';
    expect(await run('--all', '--from', from, '--merchant', 'shop')).toBe(0);
    expect(asked).toEqual([`/v1/decisions/recomputation?from=${encodeURIComponent(from)}&merchantId=shop`]);
  });
});
