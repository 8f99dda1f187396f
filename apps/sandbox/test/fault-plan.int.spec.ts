import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Metrics } from '@tollgate/platform';
import { join } from 'node:path';
import { FaultPlan } from '../src/faults/fault-plan.service.ts';
import { FaultRepository } from '../src/faults/fault.repository.ts';
import type { WebhookSubject } from '../src/faults/fault.types.ts';
import { SandboxStore } from '../src/store/sandbox.store.ts';
import { temporaryFolder } from './emulator.ts';

const WEBHOOK: WebhookSubject = {
  tenantId: 'default',
  eventType: 'PAYMENT.STATUS',
  attemptId: undefined,
  paymentId: 'p1',
  orderId: 'order-1',
};

let folder: ReturnType<typeof temporaryFolder>;
let store: SandboxStore;
let plan: FaultPlan;

beforeEach(() => {
  folder = temporaryFolder();
  store = new SandboxStore(join(folder.path, 'plan.db'), new Metrics('test'));
  plan = new FaultPlan(store, new FaultRepository(store));
});

afterEach(async () => {
  await store.onApplicationShutdown();
  folder.remove();
});

it('a webhook draws once, also when its transaction is carried out again', async () => {
  await plan.add(
    [
      { kind: 'WEBHOOK_DROP', rate: 0.5, seed: 3 },
      { kind: 'WEBHOOK_BAD_SIGNATURE', tries: 1, times: 1 },
    ],
    0,
  );
  const strikes = store.transaction(() => plan.judgeWebhook(WEBHOOK).map(({ kind }) => kind));
  const neighbour = store.transaction(() => {
    throw new Error('no');
  });
  await Promise.allSettled([strikes, neighbour]);
  expect(await strikes).toContain('WEBHOOK_BAD_SIGNATURE');
  const [byRate, once] = plan.list();
  expect([byRate?.draws, once?.strikes]).toEqual([1, 1]);
  expect(new FaultRepository(store).list()).toEqual(plan.list());
});

it('a fault that names an order is one tenant’s', async () => {
  await plan.add([{ kind: 'WEBHOOK_DROP', orderId: WEBHOOK.orderId }], 0);
  expect(plan.judgeWebhook({ ...WEBHOOK, tenantId: 'second' })).toEqual([]);
});
