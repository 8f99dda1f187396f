import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { UsageError, parseStartOptions } from './start-options.ts';

describe('the options of npm start', () => {
  it('sends sixty checkouts and stays up unless told otherwise', () => {
    expect(parseStartOptions([])).toEqual({ once: false, sampleSize: 60, dataDir: path.resolve('.tollgate') });
  });

  it('takes a size, a folder and a single run', () => {
    expect(parseStartOptions(['--once', '--sample', '0', '--data-dir', '/srv/gate'])).toEqual({
      once: true,
      sampleSize: 0,
      dataDir: '/srv/gate',
    });
  });

  it('explains itself on request', () => {
    expect(parseStartOptions(['--help'])).toBe('help');
  });

  it.each([[['--onec']], [['--sample', 'many']], [['--sample=-1']], [['--sample', '1.5']], [['--sample']], [['now']]])(
    'refuses %j as a usage error',
    (args) => {
      expect(() => parseStartOptions(args)).toThrow(UsageError);
    },
  );
});
