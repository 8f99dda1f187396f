import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../launcher/start-options.ts';
import { parseConformanceOptions } from './conformance-options.ts';

const ASK = ['--url', 'http://localhost:4010/', '--key', 'k'];

describe('the options of conformance', () => {
  it('need an address and a key, and take the rest as it comes', () => {
    const args = [
      ...ASK,
      '--attempt',
      'a',
      '--attempt',
      'b',
      '--token',
      't',
      '--only',
      '409',
      '--webhook-port',
      '9000',
      '--report',
      'here.json',
    ];
    expect(parseConformanceOptions(args, {})).toEqual({
      stage: { url: 'http://localhost:4010', apiKey: 'k', attemptIds: ['a', 'b'], vaultedToken: 't', currency: 'EUR' },
      webhookPort: 9000,
      only: '409',
      reportFile: path.resolve('here.json'),
    });
  });

  it('take secrets from the environment, where no other user of the machine sees them', () => {
    const environment = { PRIMER_API_KEY: 'k', TOLLGATE_OPERATOR_TOKEN: 'o' };
    expect(parseConformanceOptions(['--url', 'http://localhost'], environment)).toMatchObject({
      stage: { apiKey: 'k', operatorToken: 'o' },
    });
  });

  it.each([
    [['--key', 'k']],
    [['--url', 'http://localhost']],
    [['--url', 'nonsense', '--key', 'k']],
    [['--url', 'https://api.primer.io', '--key', 'k']],
    [[...ASK, '--unknown']],
    [[...ASK, '--webhook-port', 'http']],
  ])('refuse %j, production above all', (args) => {
    expect(() => parseConformanceOptions(args, {})).toThrow(UsageError);
  });
});
