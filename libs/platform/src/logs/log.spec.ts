import { Logger } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { KnownError } from '@tollgate/contracts';
import { runWithTraceparent } from '../trace/correlation.ts';
import type { LogFields } from './log-fields.ts';
import { Log } from './log.ts';
import { NestLog } from './nest-log.ts';

const OPERATOR_TOKEN = 'operator-token-of-this-test';

function memoryLog(level = 'debug') {
  const lines: string[] = [];
  const log = Log.create({
    service: 'intake',
    level,
    secrets: [OPERATOR_TOKEN],
    destination: { write: (line) => lines.push(line) },
  });
  return { log, text: () => lines.join(''), last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
}

describe('a log line', () => {
  it('is JSON with its service, level, time, text and allow-listed fields', () => {
    const { log, last } = memoryLog();
    log.for('Relay').info('Shipped', { topic: 'tollgate.attempts.v1', count: 3, offset: 12n, at: new Date(0) });
    expect(last()).toMatchObject({
      level: 'info',
      service: 'intake',
      component: 'Relay',
      message: 'Shipped',
      topic: 'tollgate.attempts.v1',
      count: 3,
      offset: '12',
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  it('carries the trace it belongs to', () => {
    const { log, last } = memoryLog();
    runWithTraceparent('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', () => log.info('Within'));
    expect(last()['traceId']).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  });

  it('drops fields and structures that are not on the list', () => {
    const { log, text } = memoryLog();
    const fields = { token: 'tok-1', body: { a: 'tok-2' }, reason: { nested: 'tok-3' }, topic: ['a', { b: 'tok-4' }] };
    log.warn('Odd', fields as unknown as LogFields);
    expect(text()).toContain('"topic":["a"]');
    expect(text()).not.toContain('tok-');
  });

  it('strikes known secrets, bearer tokens, URL passwords and card numbers out of every text', () => {
    const { log, text } = memoryLog();
    log.error(`Failed with ${OPERATOR_TOKEN}`, {
      reason: 'Authorization: Bearer abc.def-123456',
      host: 'postgres://tollgate:hunter2hunter2@db:5432/x',
      error: new Error('card 4111111111111111 or 5555-5555-5555-4444 was sent'),
    });
    expect(text()).not.toMatch(/operator-token|abc\.def|hunter2|4111|5555/);
    expect(text()).toContain('postgres://tollgate:[secret]@db:5432/x');
  });

  it('leaves timestamps, offsets and ids readable', () => {
    const { log, last } = memoryLog();
    log.info('Seen', { offset: '1795238567123', attemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f' });
    expect(last()).toMatchObject({ offset: '1795238567123', attemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f' });
  });

  it('tells an error by name, code, message, stack and cause, and nothing else it carries', () => {
    const { log, last, text } = memoryLog();
    const driver = Object.assign(new Error('duplicate key'), {
      code: '23505',
      table: 'attempts',
      constraint: 'attempts_pkey',
      detail: 'Key (token)=(tok-secret)',
      where: 'tok-secret',
      parameters: ['tok-secret'],
      request: { headers: { authorization: 'tok-secret' } },
    });
    const facts = { topic: 'a', token: 'tok-secret' };
    log.error('Failed', { error: new KnownError('DATABASE_CONFLICT', { cause: driver, facts }) });
    expect(last()['error']).toMatchObject({
      name: 'KnownError',
      code: 'DATABASE_CONFLICT',
      facts: { topic: 'a' },
      cause: { code: '23505', table: 'attempts', constraint: 'attempts_pkey', message: 'duplicate key' },
    });
    expect(text()).not.toContain('tok-secret');
  });

  it('survives causes that go round in circles, and what is no error at all', () => {
    const { log, last } = memoryLog();
    const error = new Error('round');
    error.cause = error;
    log.error('Round', { error });
    log.error('None', { error: { token: 'tok-secret' } });
    expect(last()['error']).toEqual({ name: 'object', message: 'not an error object' });
  });

  it('is cut when it is endless', () => {
    const { log, text } = memoryLog();
    log.error('Long', { error: new Error('x'.repeat(1_000_000)) });
    expect(text().length).toBeLessThan(20_000);
  });

  it('is written at its level or above only', () => {
    const { log, text } = memoryLog('warn');
    log.info('No');
    expect(log.isDebug()).toBe(false);
    expect(text()).toBe('');
  });

  it('takes what Nest logs, without its objects and with its chatter at debug', () => {
    const { log, last } = memoryLog();
    Logger.overrideLogger(new NestLog(log));
    try {
      new Logger('SomeService').warn('Careful', { token: 'tok-secret' });
      expect(last()).toMatchObject({ level: 'warn', message: 'Careful', component: 'SomeService' });
      new Logger('RouterExplorer').log('Mapped {/v1}');
      expect(last()).toMatchObject({ level: 'debug' });
      new Logger('SomeService').error(new Error('Broken'));
      expect(last()).toMatchObject({ level: 'error', message: 'Broken', error: { name: 'Error' } });
    } finally {
      Logger.overrideLogger(false);
    }
  });
});
