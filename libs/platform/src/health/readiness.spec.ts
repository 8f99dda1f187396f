import { describe, expect, it, jest } from '@jest/globals';
import { Log } from '../logs/log.ts';
import { ServiceLifetime } from '../service/lifetime.ts';
import { Readiness } from './readiness.ts';

function started() {
  const lifetime = new ServiceLifetime();
  lifetime.markStarted();
  return { lifetime, readiness: new Readiness(lifetime, Log.create({ service: 't', level: 'silent' })) };
}

describe('readiness', () => {
  it('is red until the start is complete, green then, red as soon as a stop is asked for', async () => {
    const lifetime = new ServiceLifetime();
    const readiness = new Readiness(lifetime, Log.create({ service: 't', level: 'silent' }));
    expect(await readiness.report()).toMatchObject({ status: 'not-ready', phase: 'starting' });
    lifetime.markStarted();
    expect(await readiness.report()).toMatchObject({ status: 'ready', phase: 'running' });
    lifetime.stop();
    expect(await readiness.report()).toMatchObject({ status: 'not-ready', phase: 'stopping' });
    expect(lifetime.stopping.aborted).toBe(true);
  });

  it('needs every check', async () => {
    const { readiness } = started();
    readiness.register('broker', () => undefined);
    readiness.register('database', () => Promise.reject(new Error('away')));
    expect(await readiness.report()).toEqual({
      status: 'not-ready',
      phase: 'running',
      checks: { broker: 'up', database: 'down' },
    });
  });

  it('is degraded, and not red, while a check fails some that are served; it does not say whom, for the route is open', async () => {
    const { readiness } = started();
    let refused = ['merchant-a'];
    readiness.register('keys', () => refused);
    readiness.register('database', () => undefined);
    expect(await readiness.report()).toEqual({
      status: 'degraded',
      phase: 'running',
      checks: { keys: 'degraded', database: 'up' },
    });
    refused = [];
    readiness.register('keys', () => refused);
    expect(await readiness.report()).toEqual({
      status: 'ready',
      phase: 'running',
      checks: { keys: 'up', database: 'up' },
    });
    readiness.register('keys', () => ['merchant-a']);
    readiness.register('database', () => Promise.reject(new Error('away')));
    expect(await readiness.report()).toMatchObject({
      status: 'not-ready',
      checks: { keys: 'degraded', database: 'down' },
    });
  });

  it('counts a check that throws at once, or never answers, as down', async () => {
    jest.useFakeTimers();
    try {
      const { readiness } = started();
      readiness.register('throws', () => {
        throw new Error('away');
      });
      readiness.register('hangs', () => new Promise<void>(() => undefined));
      const report = readiness.report();
      await jest.advanceTimersByTimeAsync(5000);
      expect((await report).checks).toEqual({ throws: 'down', hangs: 'down' });
    } finally {
      jest.useRealTimers();
    }
  });

  it('runs its checks once for probes that come together', async () => {
    const { readiness } = started();
    let runs = 0;
    readiness.register('database', () => {
      runs += 1;
    });
    await Promise.all([readiness.report(), readiness.report(), readiness.report()]);
    expect(runs).toBe(1);
  });
});
