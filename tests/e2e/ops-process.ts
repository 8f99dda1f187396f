import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { databaseUrl, DATABASE_APPS } from '@tollgate/testing';
import type { Stack } from '@tollgate/testing';

const ENTRY = fileURLToPath(new URL('../../apps/ops/dist/main.js', import.meta.url));

export interface OpsAnswer {
  code: number | null;
  text: string;
  remarks: string;
}

/**
 * Runs the command line as an operator of this stack does, in an environment of its own.
 * @param args separated by blanks
 * @param options.killOn what it says on standard error when it is killed
 * @param options.environment what it is told beside that
 */
export async function runOps(
  stack: Stack,
  args: string,
  options: { killOn?: string; environment?: Readonly<Record<string, string>> } = {},
): Promise<OpsAnswer> {
  const urls = DATABASE_APPS.map((app) => [`${app.toUpperCase()}_URL`, stack.services[app].url]);
  const child = spawn(process.execPath, [ENTRY, ...args.split(' ')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      KAFKA_BROKERS: stack.topics.brokers,
      TOPIC_PREFIX: stack.topics.prefix,
      DATABASE_URL: databaseUrl(),
      INBOX_SCHEMAS: DATABASE_APPS.map((app) => `${app}=${stack.schemas[app]}`).join(','),
      IDENTITY_SCHEMA: stack.schemas.identity,
      MERCHANTS_SCHEMA: stack.schemas.merchants,
      TOLLGATE_OPERATOR_TOKEN: stack.credentials.operatorToken,
      ...Object.fromEntries(urls),
      ...options.environment,
    },
  });
  const answer: OpsAnswer = { code: null, text: '', remarks: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answer.text += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    answer.remarks += text;
    if (options.killOn !== undefined && answer.remarks.includes(options.killOn)) child.kill('SIGKILL');
  });
  [answer.code] = (await once(child, 'close')) as [number | null];
  return answer;
}
