import { describe, expect, it } from '@jest/globals';
import { countVerdicts, toConformanceText } from './conformance-report.ts';
import type { RowResult } from './matrix.types.ts';

const about = { name: 'n', call: 'refundPayment', when: 'all of it' } as const;
const answer = { sentBy: 'client', understood: true, status: 200 } as const;
const expected = { status: 409, errorId: 'PaymentAlreadyRefunded' } as const;

const ROWS: readonly RowResult[] = [
  { ...about, expected, verdict: 'as documented', answer },
  { ...about, expected, verdict: 'as documented', answer: { ...answer, isForced: true } },
  { ...about, expected, verdict: 'otherwise', answer, reason: 'answered 200' },
  {
    ...about,
    expected,
    verdict: 'otherwise',
    answer: { ...answer, status: 409 },
    reason: 'not in the documented form',
  },
  { ...about, expected, verdict: 'not tried', reason: 'no token was given' },
  { ...about, expected: undefined, verdict: 'noted', answer: { ...answer, note: 'dateUpdated moves' } },
  { ...about, expected: undefined, verdict: 'not tried', reason: 'webhooks was not given' },
];

describe('the report of a conformance run', () => {
  it('says of every row what was documented and what was answered', () => {
    const text = toConformanceText({
      server: 'http://localhost',
      apiVersion: '2.4',
      startedAt: '2026-11-21T00:00:00.000Z',
      seconds: 1,
      counts: countVerdicts(ROWS),
      rows: ROWS,
    });
    const lines = text.split('\n').filter((line) => line.includes('all of it'));
    expect(lines.map((line) => line.split('all of it')[1]?.trim())).toEqual([
      '✓',
      '✓ (as it was told to)',
      '✗ 200',
      '✗ 409: not in the documented form',
      '– no token was given',
      '200; dateUpdated moves',
      '– webhooks was not given',
    ]);
    expect(text).toContain('2 as documented, 2 otherwise, 1 noted, 2 not tried');
  });
});
