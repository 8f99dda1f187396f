import { randomUUID } from 'node:crypto';

import { beforeAll, expect, it } from '@jest/globals';
import { AttemptTokenised, topicName } from '@tollgate/contracts';
import { upsertMerchant } from '@tollgate/persistence';
import {
  checkInvariants,
  databaseUrl,
  eventually,
  foreignRecord,
  startStack,
  testRecords,
  tokenisedAttempt,
  secretsOf,
} from '@tollgate/testing';

import { runOps } from './ops-process.ts';

const stack = await startStack(import.meta.url);
const kafka = await testRecords(stack.topics);
const attempts = topicName('attempts', stack.topics.prefix);
const attemptIds: string[] = [];
const expectedDeadLetters: { code: string; eventId: string }[] = [];
let restoredAt: number;

interface Letter {
  id: string;
  consumer: string;
  code: string;
  key: string;
  state: string;
  forecast: string;
  note?: { action: string; by: string; reason?: string };
}

const ops = (args: string, options?: { killOn?: string }) => runOps(stack, args, options);

async function listLetters(filter = ''): Promise<Letter[]> {
  const { text } = await ops(`dead-letters list --all --json${filter}`);
  return JSON.parse(text) as Letter[];
}

/** One of each reader of the topic. */
function expectDeadLetters(code: string, eventId: string): void {
  expectedDeadLetters.push({ code, eventId }, { code, eventId });
}

/** An event of another producer about an attempt that waits at the emulator. */
async function announceAttempt(): Promise<void> {
  const { body } = await stack.shop.beginCheckout();
  const data = tokenisedAttempt({
    merchantId: stack.credentials.merchantId,
    paymentAttemptId: body.paymentAttemptId,
    clientSessionId: body.clientSessionId,
    order: { orderId: String(body.order.orderId), amountMinor: '4200', currency: 'EUR' },
    clocks: undefined,
  });
  const eventId = randomUUID();
  attemptIds.push(data.paymentAttemptId);
  expectDeadLetters('MERCHANT_UNKNOWN', eventId);
  await kafka.send(attempts, foreignRecord(AttemptTokenised, data, { ce_id: eventId }));
}

beforeAll(async () => {
  await stack.query('DELETE FROM {merchants}.merchants');
  const { intakeApiKey } = stack.credentials;
  await eventually(
    async () => {
      const { status } = await stack.ask('intake', `/v1/attempts/${randomUUID()}`, { token: intakeApiKey });
      expect(status).toBe(401);
    },
    { timeoutMs: 30_000 },
  );
  for (let i = 0; i < 3; i++) await announceAttempt();
}, 60_000);

it('lists what could not be handled by its reason, with an exit code that tells none from some', async () => {
  await eventually(async () => expect((await listLetters()).map(({ state }) => state)).toEqual(Array(6).fill('open')), {
    timeoutMs: 60_000,
    intervalMs: 500,
  });
  const listed = await ops('dead-letters list --code MERCHANT_UNKNOWN');
  expect(listed).toMatchObject({ code: 0, remarks: '' });
  expect(listed.text).toMatch(/3 {2}intake +\S+attempts\.v1 +MERCHANT_UNKNOWN/);
  expect((await ops('dead-letters list --consumer ledger')).code).toBe(3);
});

it('tells everything about one letter', async () => {
  const [letter] = await listLetters();
  const { text } = await ops(`dead-letters show ${letter!.id}`);
  expect(text).toContain(`"paymentAttemptId": "${letter!.key}"`);
  expect(text).toContain('its handler gets the record once more');
});

it('sends nothing in a dry run', async () => {
  const before = (await kafka.read(attempts)).length;
  const { code, text } = await ops('dead-letters redrive --json');
  expect(code).toBe(0);
  expect(JSON.parse(text)).toMatchObject({ dryRun: true, send: Array(6).fill({ forecast: 'handle' }), leave: [] });
  expect(await kafka.read(attempts)).toHaveLength(before);
});

it('re-drives for one consumer alone; each letter takes effect once, although the first run is killed', async () => {
  const { masterKey, merchantId, intakeApiKey, primerApiKey, webhookSecret } = stack.credentials;
  restoredAt = Date.now();
  await upsertMerchant({
    adminUrl: databaseUrl(),
    masterKey,
    merchantsSchema: stack.schemas.merchants,
    merchant: { merchantId, intakeApiKey, primerApiKey, webhookSecret },
  });
  const killed = await ops('dead-letters redrive --execute --consumer intake', { killOn: 'sent 3 of 3' });
  expect(killed.code).toBeNull();
  const again = await ops('dead-letters redrive --execute --consumer intake');
  // Killed before its note, the first run left open letters; killed after it, none.
  expect([0, 3]).toContain(again.code);
  await eventually(
    async () => {
      const states = (await listLetters()).map(({ consumer, state }) => `${consumer} ${state}`);
      // Risk has read the copies too, and its own letters stand.
      expect(states.toSorted()).toEqual([...Array(3).fill('intake handled'), ...Array(3).fill('risk open')]);
    },
    { timeoutMs: 30_000, intervalMs: 500 },
  );
  const rows = await stack.query('SELECT 1 FROM {intake}.attempts WHERE attempt_id = ANY($1)', [attemptIds]);
  expect(rows).toHaveLength(3);
});

it('lets a re-drive move no deadline', async () => {
  for (const id of attemptIds) {
    const { body } = await stack.ask<{ receivedAt: string }>('intake', `/v1/attempts/${id}`);
    expect(Date.parse(body.receivedAt)).toBeLessThan(restoredAt);
  }
});

it('re-drives for the other consumer, and waits for what comes of it', async () => {
  const { code, text } = await ops('dead-letters redrive --execute --consumer risk --wait 40 --json');
  expect({ code, ...(JSON.parse(text) as object) }).toMatchObject({ code: 0, sent: 3, handled: 3, pending: 0 });
  expect((await ops('dead-letters list')).code).toBe(3);
});

it('keeps why a letter was discarded, and lists it no more', async () => {
  const eventId = randomUUID();
  const junk = foreignRecord(AttemptTokenised, tokenisedAttempt(), { ce_id: eventId });
  await kafka.send(attempts, { ...junk, value: '{"half' });
  expectDeadLetters('RECORD_NOT_JSON', eventId);
  const filter = '--code RECORD_NOT_JSON --json';
  await eventually(async () => expect(JSON.parse((await ops(`dead-letters list ${filter}`)).text)).toHaveLength(2), {
    timeoutMs: 30_000,
    intervalMs: 500,
  });
  expect(JSON.parse((await ops(`dead-letters discard ${filter} --reason junk`)).text)).toMatchObject({ dryRun: true });
  expect((await ops(`dead-letters list ${filter}`)).code).toBe(0);
  expect((await ops(`dead-letters discard ${filter} --reason junk --by ann --execute`)).code).toBe(0);
  expect((await ops(`dead-letters list ${filter}`)).code).toBe(3);
  const [letter] = await listLetters(' --code RECORD_NOT_JSON');
  expect(letter).toMatchObject({ state: 'discarded', note: { by: 'ann', reason: 'junk' } });
});

it('every invariant holds: a re-drive has added no second effect', async () => {
  const accepted = attemptIds.map((attemptId) => ({ attemptId }));
  // The deadline keeper may be what ends these attempts, should this machine have been busy for more than a minute.
  expect(await checkInvariants(stack, { accepted, expectedDeadLetters }, { backlogTimeoutMs: 120_000 })).toEqual([]);
}, 150_000);

it('traces an attempt through all services with its dead letters, and shows no secret', async () => {
  const { code, text } = await ops(`trace ${attemptIds[0]!} --json`);
  expect(code).toBe(0);
  const trace = JSON.parse(text) as {
    gaps: object[];
    timeline: { source: string; at: string }[];
    deadLetters: object[];
  };
  expect(trace).toMatchObject({ gaps: [], intake: {}, risk: {}, gateway: {}, deadLetters: [{}, {}] });
  expect(trace.timeline.map(({ source }) => source)).toEqual(
    expect.arrayContaining(['intake', 'risk', 'gateway', 'dead letters']),
  );
  for (const secret of [...secretsOf(stack.credentials), 'token=']) expect(text).not.toContain(secret);
  expect((await ops(`trace ${randomUUID()}`)).code).toBe(3);
});

it('names a service that is down, and shows the rest', async () => {
  await stack.services.risk.stop();
  const { code, text } = await ops(`trace ${attemptIds[0]!}`);
  expect(code).toBe(0);
  expect(text).toContain('! risk is missing here: nobody answers at');
  expect(text).toContain('could not handle a record: MERCHANT_UNKNOWN');
});
