import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  freePort,
  type ServiceProcess,
  startService,
  testDatabase,
  testRecords,
  testTopicPrefix,
} from '@tollgate/testing';
import { GatewayStage } from './gateway-stage.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
const slowly = { timeoutMs: 40_000, intervalMs: 100 };
let stage: GatewayStage;
let gateway: ServiceProcess | undefined;

beforeAll(async () => {
  stage = await GatewayStage.set(database, topics, records);
}, 60_000);

afterEach(async () => {
  send('SIGCONT', gateway);
  await gateway?.stop();
});

afterAll(async () => {
  await stage?.strike();
});

/** A gateway as production runs it, one call at a time, ready and with its share of the partitions. */
async function startProcess(): Promise<ServiceProcess> {
  const port = await freePort();
  const environment = { ...stage.environment, GATEWAY_PORT: String(port), GATEWAY_MERCHANT_CALLS_MAX: '1' };
  gateway = await startService({ app: 'gateway', port, environment });
  const first = stage.attempt();
  await stage.decide(first);
  await stage.reaches(first, 'APPROVED', 60_000);
  return gateway;
}

function send(signal: NodeJS.Signals, service: ServiceProcess | undefined): void {
  if (service?.isRunning === true) process.kill(service.pid!, signal);
}

async function isCalled(attempt: ReturnType<GatewayStage['attempt']>): Promise<void> {
  await eventually(() => expect(stage.primer.calls(attempt.paymentAttemptId)).toEqual(['approve']), slowly);
}

describe('a gateway that is killed while Primer has taken its approve', () => {
  it('finds the payment when it is back, and there is one', async () => {
    const service = await startProcess();
    const attempt = stage.attempt();
    stage.primer.script(attempt.paymentAttemptId, 'approve', { trouble: 'hang', effect: true });
    await stage.decide(attempt);
    await isCalled(attempt);
    await service.kill9();
    service.start();
    await stage.reaches(attempt, 'APPROVED', 40_000);
    expect(stage.primer.payments(attempt.order.orderId)).toHaveLength(1);
    expect(await stage.concluded(attempt)).toMatchObject({ outcome: 'APPROVED', charged: 'yes' });
    expect(await stage.incidents(attempt)).toEqual([]);
  }, 120_000);
});

describe('a gateway that is stopped', () => {
  it('sends nothing late when it wakes: what it had claimed before approveBy becomes an abort', async () => {
    const service = await startProcess();
    const slow = stage.attempt();
    stage.primer.script(slow.paymentAttemptId, 'approve', { trouble: 'hang' });
    await stage.decide(slow);
    await isCalled(slow);
    const claimed = stage.attempt(2_000);
    await stage.decide(claimed);
    await stage.reaches(claimed, 'CALLING');
    send('SIGSTOP', service);
    await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(claimed.clocks!.approveBy)), slowly);
    send('SIGCONT', service);
    await stage.reaches(claimed, 'ABORTED', 40_000);
    expect(stage.primer.calls(claimed.paymentAttemptId)).toEqual([expect.stringMatching(/^abort:/)]);
    expect(stage.primer.payments(claimed.order.orderId)).toEqual([]);
  }, 120_000);

  it('writes nothing when it wakes after another one has concluded', async () => {
    const service = await startProcess();
    const attempt = stage.attempt();
    stage.primer.script(attempt.paymentAttemptId, 'approve', { trouble: 'hang', effect: true });
    await stage.decide(attempt);
    await isCalled(attempt);
    send('SIGSTOP', service);
    await stage.start();
    const concluded = await stage.reaches(attempt, 'APPROVED', 40_000);
    send('SIGCONT', service);
    const after = stage.attempt();
    await stage.decide(after);
    await stage.reaches(after, 'APPROVED', 60_000);
    expect(await stage.row(attempt)).toEqual(concluded);
    expect(stage.primer.payments(attempt.order.orderId)).toHaveLength(1);
    expect(await stage.concluded(attempt)).toMatchObject({ outcome: 'APPROVED' });
  }, 180_000);
});
