import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { platformSettings } from './platform.config.ts';

const { NODE_ENV: nodeEnvironment } = process.env;

function refusalOf(failpoints: string): string | undefined {
  const settings = { TOLLGATE_OPERATOR_TOKEN: 'a-token-of-20-letters', TOLLGATE_FAILPOINTS: failpoints };
  return platformSettings.safeParse(settings).error?.issues[0]?.message;
}

describe('TOLLGATE_FAILPOINTS', () => {
  beforeEach(() => void (process.env.NODE_ENV = 'test'));
  afterEach(() => void (process.env.NODE_ENV = nodeEnvironment));

  it('takes points by their names', () => {
    expect(refusalOf('batch.before-commit,batch.after-commit@2')).toBeUndefined();
    expect(refusalOf('batch.nowhere')).toContain('"batch.nowhere" is not a failpoint');
  });

  it('keeps a production process from starting', () => {
    process.env.NODE_ENV = 'production';
    expect(refusalOf('batch.after-commit')).toContain('NODE_ENV is production');
  });
});
