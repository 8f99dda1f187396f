import { expect, it } from '@jest/globals';

import { withoutChatter } from './quiet-output.ts';

it('leaves out the logs of services and keeps everything else', () => {
  const text = [
    'first',
    '{"level":"warn","service":"risk","message":"a broker is away"}',
    '\u001B[33m[Nest] 30192  - 11/21/2026 WARN [Database] an idle connection was lost',
    '',
    'last',
  ].join('\n');

  expect(withoutChatter(text)).toBe('first\n\nlast');
});

it('keeps a chunk without a line end', () => {
  expect(withoutChatter('12 passed')).toBe('12 passed');
});
