import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { UsageError } from '../launcher/start-options.ts';
import { parseProveOptions } from './prove-options.ts';

describe('the options of npm run prove', () => {
  it('does everything, by a seed of its own choice, unless told otherwise', () => {
    expect(parseProveOptions([])).toEqual({ seed: expect.any(Number), scale: 'full', reportDir: undefined });
  });

  it('takes a seed, a shorter form and a folder', () => {
    expect(parseProveOptions(['--seed', '42', '--quick', '--report', 'here'])).toEqual({
      seed: 42,
      scale: 'quick',
      reportDir: path.resolve('here'),
    });
  });

  it('explains itself on request', () => {
    expect(parseProveOptions(['--help'])).toBe('help');
  });

  it.each([[['--seed']], [['--seed', 'x']], [['--seed=-1']], [['--seed', '1.5']], [['--fast']], [['now']]])(
    'refuses %j as a usage error',
    (args) => {
      expect(() => parseProveOptions(args)).toThrow(UsageError);
    },
  );
});
