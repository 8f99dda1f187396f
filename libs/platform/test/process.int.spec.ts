import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';

const SCRIPT = join(import.meta.dirname, 'service-process.ts');
const ENVIRONMENT = { PATH: process.env['PATH'], PORT: '0', TOLLGATE_OPERATOR_TOKEN: 'a-token-of-20-letters' };

interface ServiceProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly exit: Promise<number | null>;
  stdout: string;
  stderr: string;
  /** Resolves once the text was written to either stream. */
  saw(text: string): Promise<void>;
}

const running: ServiceProcess[] = [];
afterEach(() => {
  running.splice(0).forEach(({ child }) => child.kill('SIGKILL'));
});

function start(environment: Record<string, string | undefined> = ENVIRONMENT): ServiceProcess {
  const child = spawn(process.execPath, [SCRIPT], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const listeners = new Set<() => void>();
  const service: ServiceProcess = {
    child,
    stdout: '',
    stderr: '',
    exit: new Promise((resolve) => {
      child.on('close', resolve);
    }),
    saw: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (`${service.stdout}${service.stderr}`.includes(text)) {
            listeners.delete(look);
            resolve();
          }
        };
        listeners.add(look);
        look();
      }),
  };
  child.stdout.on('data', (chunk: Buffer) => {
    service.stdout += chunk.toString();
    listeners.forEach((look) => look());
  });
  child.stderr.on('data', (chunk: Buffer) => {
    service.stderr += chunk.toString();
    listeners.forEach((look) => look());
  });
  running.push(service);
  return service;
}

async function startReady(): Promise<{ service: ServiceProcess; url: string }> {
  const service = start();
  await service.saw('The service is ready');
  const line = service.stdout.split('\n').find((text) => text.includes('The service is ready')) ?? '{}';
  return { service, url: `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}` };
}

describe('a service process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('finishes the request in hand on %s, then exits with 0', async (signal) => {
    const { service, url } = await startReady();
    const answer = fetch(`${url}/wait`);
    await service.saw('waiting');
    service.child.kill(signal);
    expect(await (await answer).text()).toBe('waited');
    expect(await service.exit).toBe(0);
    expect(service.stdout).toContain('The service has stopped');
    await expect(fetch(`${url}/health/live`)).rejects.toThrow('fetch failed');
  });

  it('ends at once on a second signal', async () => {
    const { service, url } = await startReady();
    const answer = fetch(`${url}/hang`).catch((error: Error) => error.message);
    await service.saw('hanging');
    service.child.kill('SIGTERM');
    await service.saw('A stop was asked for');
    service.child.kill('SIGTERM');
    expect(await service.exit).toBe(143);
    expect(await answer).toBe('fetch failed');
  });

  it('ends although whoever read its output has gone', async () => {
    const { service } = await startReady();
    service.child.stdout.destroy();
    service.child.kill('SIGTERM');
    expect(await service.exit).toBe(0);
  });

  it('names every missing setting in one line and exits with 78', async () => {
    const service = start({ PATH: ENVIRONMENT.PATH });
    expect(await service.exit).toBe(78);
    expect(service.stderr.trim().split('\n')).toHaveLength(1);
    expect(service.stderr).toContain('TOLLGATE_OPERATOR_TOKEN is missing: set it');
    expect(service.stderr).toContain('PORT is missing: set it (the port of this process)');
  });

  it('says which address is taken and exits with 1', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve);
    });
    try {
      const { port } = other.address() as { port: number };
      const service = start({ ...ENVIRONMENT, PORT: String(port) });
      expect(await service.exit).toBe(1);
      expect(service.stderr).toContain(`process cannot start: 127.0.0.1:${port} is taken by another process`);
    } finally {
      other.close();
    }
  });

  it.each(['throwLater', 'rejectLater'])('logs an error that nobody caught and exits with 1 (%s)', async (route) => {
    const { service, url } = await startReady();
    await fetch(`${url}/${route}`).catch(() => undefined);
    expect(await service.exit).toBe(1);
    expect(service.stdout).toMatch(/"level":"fatal".*nobody catches this/);
  });

  it('logs warnings of the runtime, less the one its broker client is known for', async () => {
    const { service, url } = await startReady();
    await fetch(`${url}/warn`);
    await service.saw('Something is deprecated');
    expect(`${service.stdout}${service.stderr}`).not.toContain('negative');
    expect(service.stderr).toBe('');
  });
});
