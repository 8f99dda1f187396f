import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, it } from '@jest/globals';

import { freePort, guardFolder, request, startService } from '../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-test-service-'));
guardFolder(folder);
const operatorToken = 'operator-token-of-the-test';
const port = await freePort();
const service = await startService({
  app: 'sandbox',
  port,
  environment: {
    SANDBOX_PORT: String(port),
    SANDBOX_DATA_FILE: join(folder, 'sandbox.sqlite'),
    TOLLGATE_OPERATOR_TOKEN: operatorToken,
    PRIMER_API_KEY: 'primer-key-of-the-test',
    PRIMER_WEBHOOK_SECRET: 'webhook-secret-of-the-test',
  },
});
afterAll(() => service.stop());

it('a killed service is gone at once, and starts again on its data', async () => {
  const started = await request<{ paymentAttemptId: string }>(`${service.url}/_sandbox/attempts`, {
    token: operatorToken,
    body: { amount: 4200, currencyCode: 'EUR', orderId: 'order-1' },
  });
  await service.kill9();
  await expect(request(service.url)).rejects.toThrow('fetch failed');

  service.start();
  await service.ready();

  const found = await request(`${service.url}/_sandbox/attempts/${started.body.paymentAttemptId}`, {
    token: operatorToken,
  });
  expect(found.status).toBe(200);
});

it('a service that is asked to stop ends cleanly', async () => {
  expect(await service.stop()).toBe(0);
});

it('a service that cannot start tells why', async () => {
  service.start({ PRIMER_API_KEY: '' });
  await expect(service.ready()).rejects.toThrow(/PRIMER_API_KEY/);
});
