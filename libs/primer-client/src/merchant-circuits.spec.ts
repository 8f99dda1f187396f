import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Exchange } from './exchange.ts';
import { CIRCUIT_DEFAULTS, MerchantCircuits, type Passage } from './merchant-circuits.ts';
import { CALL_GROUPS } from './primer-call.types.ts';
import { TRANSPORT_DEFAULTS } from './primer-transport.ts';

const ok: Exchange = { kind: 'answered', status: 200, body: Buffer.of() };
const refused: Exchange = { kind: 'answered', status: 409, body: Buffer.of() };
const away: Exchange = { kind: 'answered', status: 503, body: Buffer.of() };

const pass = (circuits: MerchantCircuits, send: Passage['send'], wish: Partial<Passage> = {}) =>
  circuits.pass({
    ...{ merchantId: 'm', apiKey: 'k', group: 'attempts', timeoutMs: 60_000, signal: undefined, send },
    ...wish,
  });

const oneAtATime = { attempts: 1, payments: 1, reads: 1, sessions: 1 };

const failing = (circuits: MerchantCircuits, times: number, merchantId = 'm') =>
  Promise.all(Array.from({ length: times }, () => pass(circuits, () => Promise.resolve(away), { merchantId })));

describe('the circuit of a merchant', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: 0, doNotFake: ['performance'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('opens when most calls fail, and lets nothing through then', async () => {
    const circuits = new MerchantCircuits({});
    await failing(circuits, CIRCUIT_DEFAULTS.sampleCallsMin);
    const send = jest.fn(() => Promise.resolve(ok));
    expect(await pass(circuits, send)).toEqual({ kind: 'notSent', reason: 'circuit-open' });
    expect(send).not.toHaveBeenCalled();
    expect(circuits.reports()).toMatchObject([{ merchantId: 'm', state: 'open', callsInHand: 0 }]);
  });

  it('stays closed while half of the calls are answered, whatever the answer says', async () => {
    const circuits = new MerchantCircuits({});
    for (let turn = 0; turn < 20; turn += 1) {
      await pass(circuits, () => Promise.resolve(turn % 2 === 0 ? refused : away));
    }
    expect(await pass(circuits, () => Promise.resolve(ok))).toEqual(ok);
  });

  it('does not open for calls that were cancelled, held back or never had a connection', async () => {
    const circuits = new MerchantCircuits({});
    for (const reason of ['cancelled', 'send-refused', 'call-timeout'] as const) {
      for (let turn = 0; turn < 20; turn += 1) await pass(circuits, () => Promise.resolve({ kind: 'notSent', reason }));
    }
    expect(circuits.reports()).toMatchObject([{ state: 'closed' }]);
  });

  it("is the merchant's own: others are let through", async () => {
    const circuits = new MerchantCircuits({});
    await failing(circuits, 20, 'away');
    expect(await pass(circuits, () => Promise.resolve(ok), { merchantId: 'another' })).toEqual(ok);
    expect(await pass(circuits, () => Promise.resolve(ok), { merchantId: undefined })).toEqual(ok);
  });

  it.each(['payments', 'reads', 'sessions'] as const)('of its %s holds none of its attempts back', async (group) => {
    const circuits = new MerchantCircuits({ callsMax: oneAtATime, callsWaitingMax: 0 });
    for (let turn = 0; turn < 20; turn += 1) await pass(circuits, () => Promise.resolve(away), { group });
    expect(circuits.reportOf('m', group)).toMatchObject({ state: 'open' });
    const hanging = Promise.withResolvers<Exchange>();
    const others = CALL_GROUPS.filter((one) => one !== group && one !== 'attempts');
    const hung = others.map((one) => pass(circuits, () => hanging.promise, { group: one }));
    expect(await pass(circuits, () => Promise.resolve(ok))).toEqual(ok);
    hanging.resolve(ok);
    await Promise.all(hung);
  });

  it('lets one call try after a while, and closes when that is answered', async () => {
    const circuits = new MerchantCircuits({});
    await failing(circuits, 20);
    jest.setSystemTime(CIRCUIT_DEFAULTS.openMsMax);
    const probe = Promise.withResolvers<Exchange>();
    const probing = pass(circuits, () => probe.promise);
    expect(circuits.reports()).toMatchObject([{ state: 'half-open' }]);
    expect(await pass(circuits, () => Promise.resolve(ok))).toEqual({ kind: 'notSent', reason: 'circuit-open' });
    probe.resolve(ok);
    expect(await probing).toEqual(ok);
    expect(await pass(circuits, () => Promise.resolve(ok))).toEqual(ok);
  });

  it.each([away, { kind: 'lost', reason: 'cancelled' }] as const)(
    'stays open when that one comes to %j',
    async (end) => {
      const circuits = new MerchantCircuits({});
      await failing(circuits, 20);
      jest.setSystemTime(CIRCUIT_DEFAULTS.openMsMax);
      await pass(circuits, () => Promise.resolve(end));
      expect(circuits.reports()).toMatchObject([{ state: 'open' }]);
    },
  );

  it('shows no key to whoever asks how it is', async () => {
    const circuits = new MerchantCircuits({});
    await pass(circuits, () => Promise.resolve(ok), { merchantId: undefined, apiKey: 'secret' });
    expect(JSON.stringify(circuits.reports())).not.toContain('secret');
  });
});

describe('the limit of calls of a merchant', () => {
  it('leaves connections of the pool to the others, whatever hangs', () => {
    const together = Object.values(CIRCUIT_DEFAULTS.callsMax).reduce((sum, count) => sum + count, 0);
    expect(together).toBeLessThan(TRANSPORT_DEFAULTS.connectionsMax);
  });

  it('lets the rest wait, in order, each with the time that is left', async () => {
    const circuits = new MerchantCircuits({ callsMax: oneAtATime });
    const first = Promise.withResolvers<Exchange>();
    const order: string[] = [];
    const calls = [
      pass(circuits, () => first.promise),
      pass(circuits, (leftMs) => Promise.resolve(order.push(leftMs < 60_000 ? 'second' : 'unhurried')).then(() => ok)),
      pass(circuits, () => Promise.resolve(order.push('third')).then(() => ok)),
    ];
    expect(circuits.reports()).toMatchObject([{ callsInHand: 1, callsWaiting: 2 }]);
    expect(order).toEqual([]);
    first.resolve(ok);
    expect(await Promise.all(calls)).toEqual([ok, ok, ok]);
    expect(order).toEqual(['second', 'third']);
  });

  it('refuses what would wait beyond the limit', async () => {
    const circuits = new MerchantCircuits({ callsMax: oneAtATime, callsWaitingMax: 0 });
    const first = Promise.withResolvers<Exchange>();
    const call = pass(circuits, () => first.promise);
    expect(await pass(circuits, () => Promise.resolve(ok))).toEqual({ kind: 'notSent', reason: 'too-many-calls' });
    first.resolve(ok);
    expect(await call).toEqual(ok);
  });

  it('answers who waited too long or was cancelled at once, and never sends for them later', async () => {
    const circuits = new MerchantCircuits({ callsMax: oneAtATime });
    const first = Promise.withResolvers<Exchange>();
    const call = pass(circuits, () => first.promise);
    const send = jest.fn(() => Promise.resolve(ok));
    const controller = new AbortController();
    const late = pass(circuits, send, { timeoutMs: 5 });
    const cancelled = pass(circuits, send, { signal: controller.signal });
    controller.abort();
    expect(await cancelled).toEqual({ kind: 'notSent', reason: 'cancelled' });
    expect(await late).toEqual({ kind: 'notSent', reason: 'call-timeout' });
    first.resolve(ok);
    await call;
    expect(await pass(circuits, () => Promise.resolve(ok))).toEqual(ok);
    expect(send).not.toHaveBeenCalled();
  });
});
