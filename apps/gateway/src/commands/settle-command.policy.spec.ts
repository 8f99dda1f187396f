import { describe, expect, it } from '@jest/globals';
import type { PaymentSnapshot } from '@tollgate/contracts';
import { assertCommandStuck } from '../steering/conclude-command.policy.ts';
import { countCall, takeUp } from './command-progress.policy.ts';
import type { Command, CommandCall, CommandRequest, CommandSettings } from './command.types.ts';
import { openCommand } from './incoming-command.policy.ts';
import { planOperation } from './plan-command.policy.ts';
import { settleCommandCall } from './settle-command.policy.ts';

const SETTINGS: CommandSettings = {
  retryPauseMs: 250,
  retryPauseMsMax: 15_000,
  keyPauseMs: 10_000,
  repeatAfterMs: 5_000,
  noEffectAfterMs: 120_000,
  unknownTooLongMs: 600_000,
};
const CAPTURE: CommandRequest = { kind: 'capture', paymentId: 'p-1', amountMinor: '1000', final: false };
const CREATE: CommandRequest = { kind: 'create', orderId: 'o-1', amountMinor: '1000', currency: 'EUR' };
const payment = { paymentId: 'p-1', status: 'AUTHORIZED', amountMinor: '4200', transactions: [] };
const captured = { ...payment, status: 'PARTIALLY_SETTLED', amountCapturedMinor: '1000' };
const at = (ms: number) => new Date(ms);
const found = (shown: PaymentSnapshot) => ({ kind: 'found' as const, payment: shown });

/** A command whose call is under way: the first one, or one after an earlier that may have arrived. */
function calling(request: CommandRequest, isFirst: boolean): Command {
  const key = { merchantId: 'm-1', commandId: 'c-1', sealedToken: null, requestedAt: at(0), traceparent: null };
  const taken = takeUp(openCommand({ ...key, request }, at(0)), at(0));
  const planned =
    request.kind === 'create'
      ? { kind: 'call' as const, command: countCall(taken, at(0)) }
      : planOperation(taken, { kind: 'found', payment }, at(0), SETTINGS);
  if (planned.kind !== 'call') throw new Error('a call was expected');
  return isFirst ? planned.command : countCall(takeUp(planned.command, at(0)), at(0));
}

const error = (status: number, errorId: string, more: object = {}): CommandCall => ({
  ...{ kind: 'answered', status, understood: true, errorId },
  ...more,
});
const settle = (request: CommandRequest, isFirst: boolean, call: CommandCall) =>
  settleCommandCall(calling(request, isFirst), call, at(0), SETTINGS);
const verdict = (request: CommandRequest, isFirst: boolean, call: CommandCall): string => {
  const { command, incidents, key } = settle(request, isFirst, call);
  const end = command.reason === null ? '' : ` ${command.reason}`;
  const facts = [command.arrived ? 'arrived' : '', command.refusal?.reason ?? '', ...incidents].filter(Boolean);
  return `${command.state}${end}${facts.length === 0 ? '' : ` (${facts.join(', ')})`} key ${key}`;
};

describe('an answer to a capture, cancel or refund', () => {
  it.each<[string, CommandCall, string, string]>([
    [
      '200 that shows the effect',
      { kind: 'answered', status: 200, understood: true, payment: captured },
      'DONE as-requested key works',
      'DONE as-requested key works',
    ],
    [
      '200 that does not show it yet',
      { kind: 'answered', status: 200, understood: true, payment },
      'UNKNOWN (arrived) key works',
      'UNKNOWN (arrived) key works',
    ],
    [
      '409 IdempotencyKeyAlreadyExists',
      error(409, 'IdempotencyKeyAlreadyExists'),
      'REFUSED command-id-known (FOREIGN_COMMAND) key works',
      'UNKNOWN (arrived) key works',
    ],
    [
      '409 PaymentAlreadyRefunded',
      error(409, 'PaymentAlreadyRefunded'),
      'REFUSED provider-refused key works',
      'UNKNOWN (provider-refused) key works',
    ],
    [
      '422 UnprocessableRefundAmount',
      error(422, 'UnprocessableRefundAmount'),
      'REFUSED provider-refused key works',
      'UNKNOWN (provider-refused) key works',
    ],
    [
      '400 PaymentError',
      error(400, 'PaymentError'),
      'REFUSED provider-refused key works',
      'UNKNOWN (provider-refused) key works',
    ],
    ['401', error(401, 'Unauthorized'), 'AWAITING (KEY_REFUSED) key refused', 'UNKNOWN (KEY_REFUSED) key refused'],
    [
      '403, of a key that may do other things',
      error(403, 'Forbidden'),
      'AWAITING (KEY_REFUSED) key not-asked',
      'UNKNOWN (KEY_REFUSED) key not-asked',
    ],
    ['429', error(429, 'TooManyRequests'), 'AWAITING key not-asked', 'UNKNOWN key not-asked'],
    ['nothing sent', { kind: 'notSent', reason: 'circuit-open' }, 'AWAITING key not-asked', 'UNKNOWN key not-asked'],
    ['504', { kind: 'unknown', reason: 'server-error', status: 504 }, 'UNKNOWN key not-asked', 'UNKNOWN key not-asked'],
    ...[400, 404, 409, 422].map((status): [string, CommandCall, string, string] => [
      `${status} of somebody else than Primer`,
      { kind: 'answered', status, understood: false },
      'UNKNOWN (ANSWER_NOT_UNDERSTOOD) key works',
      'UNKNOWN (ANSWER_NOT_UNDERSTOOD) key works',
    ]),
    [
      '200 that is not understood',
      { kind: 'answered', status: 200, understood: false },
      'UNKNOWN (ANSWER_NOT_UNDERSTOOD) key works',
      'UNKNOWN (ANSWER_NOT_UNDERSTOOD) key works',
    ],
  ])('%s', (_answer, call, first, repeated) => {
    expect(verdict(CAPTURE, true, call)).toBe(first);
    expect(verdict(CAPTURE, false, call)).toBe(repeated);
  });

  it('leaves the id of the error with a refusal, and no token or call count behind', () => {
    const { command } = settle(CAPTURE, true, error(422, 'UnprocessableRefundAmount'));
    expect(command).toMatchObject({ providerErrorId: 'UnprocessableRefundAmount', calls: 1, sealedToken: null });
    expect(settle(CAPTURE, true, error(429, 'TooManyRequests')).command).toMatchObject({ calls: 0, amountMinor: null });
  });

  it('is waited for as Retry-After says', () => {
    const { command } = settle(CAPTURE, true, error(429, 'TooManyRequests', { retryAfterMs: 7_000 }));
    expect(command.dueAt).toEqual(at(7_000));
  });
});

describe('an answer to a creation', () => {
  it.each<[string, CommandCall, string, string]>([
    [
      '200 and a payment',
      { kind: 'answered', status: 200, understood: true, payment: { ...payment, status: 'DECLINED' } },
      'DONE as-requested key works',
      'DONE as-requested key works',
    ],
    [
      '400 TransactionRequestIdempotencyKeyAlreadyExists',
      error(400, 'TransactionRequestIdempotencyKeyAlreadyExists', { paymentId: 'p-9' }),
      'UNKNOWN (arrived, FOREIGN_COMMAND) key works',
      'UNKNOWN (arrived) key works',
    ],
    [
      '400 PaymentError, as for a used token',
      error(400, 'PaymentError'),
      'REFUSED provider-refused key works',
      'UNKNOWN (provider-refused) key works',
    ],
  ])('%s', (_answer, call, first, repeated) => {
    expect(verdict(CREATE, true, call)).toBe(first);
    expect(verdict(CREATE, false, call)).toBe(repeated);
  });

  it('names the payment that is to be read', () => {
    const call = error(400, 'TransactionRequestIdempotencyKeyAlreadyExists', { paymentId: 'p-9' });
    expect(settle(CREATE, false, call).command).toMatchObject({ paymentId: 'p-9', dueAt: at(0) });
  });
});

describe('a command that cannot be sent', () => {
  const key = { merchantId: 'm-1', commandId: 'c-1', sealedToken: null, requestedAt: at(0), traceparent: null };
  const opened = openCommand({ ...key, request: CAPTURE }, at(0));
  const look = (command: Command, nowMs: number) =>
    planOperation(takeUp(command, at(nowMs)), { kind: 'unavailable' }, at(nowMs), SETTINGS);

  it('because its payment cannot be read waits, and a person is told in time', () => {
    expect(look(opened, 599_999)).toMatchObject({ settled: { command: { state: 'AWAITING' }, incidents: [] } });
    expect(look(opened, 600_000)).toMatchObject({
      settled: { command: { state: 'AWAITING', calls: 0 }, incidents: ['COMMAND_UNKNOWN_TOO_LONG'] },
    });
  });

  it('after a second person has approved it is counted from then on', () => {
    const heard = { verdict: 'approved', approvalId: 'a-1', actor: 'rita', at: at(500_000).toISOString() } as const;
    const approved = { ...opened, holdVerdict: heard };
    expect(look(approved, 1_099_999)).toMatchObject({ settled: { incidents: [] } });
    expect(look(approved, 1_100_000)).toMatchObject({ settled: { incidents: ['COMMAND_UNKNOWN_TOO_LONG'] } });
  });
});

describe('an effect that does not show', () => {
  const look = (command: Command, nowMs: number) =>
    planOperation(takeUp(command, at(nowMs)), { kind: 'found', payment }, at(nowMs), SETTINGS);

  it('leads to one more call only after a while, and with a check of what is left', () => {
    const lost = settle(CAPTURE, true, { kind: 'unknown', reason: 'connection-lost' }).command;
    expect(look(lost, 4_999)).toMatchObject({ kind: 'settle', settled: { command: { state: 'UNKNOWN' } } });
    expect(look(lost, 5_000)).toMatchObject({ kind: 'call', command: { calls: 2, amountMinor: '1000', final: false } });
    const usedUp = {
      ...payment,
      status: 'PARTIALLY_SETTLED',
      amountAuthorizedMinor: '4200',
      amountCapturedMinor: '4000',
    };
    expect(
      planOperation(takeUp(lost, at(5_000)), { kind: 'found', payment: usedUp }, at(5_000), SETTINGS),
    ).toMatchObject({
      kind: 'settle',
      settled: { command: { state: 'UNKNOWN', concludedAt: null } },
    });
    const givenUp = found({ ...payment, status: 'SETTLED', amountCapturedMinor: '300' });
    expect(planOperation(takeUp(lost, at(120_000)), givenUp, at(120_000), SETTINGS)).toMatchObject({
      settled: { command: { state: 'REFUSED', reason: 'not-capturable' } },
    });
  });

  it('is called again once what had used up the rest has failed', () => {
    const refund: CommandRequest = { kind: 'refund', paymentId: 'p-1', amountMinor: '4000' };
    const settled = { ...payment, status: 'SETTLED', amountCapturedMinor: '4200' };
    const taken = takeUp({ ...calling(CAPTURE, true), request: refund, calls: 0 }, at(0));
    const begun = planOperation(taken, found(settled), at(0), SETTINGS);
    if (begun.kind !== 'call') throw new Error('a call was expected');
    const lost = settleCommandCall(begun.command, { kind: 'unknown', reason: 'call-timeout' }, at(0), SETTINGS).command;
    const foreign = (status: string) => ({
      ...settled,
      transactions: [{ id: 'r-9', type: 'REFUND', status, amountMinor: '300' }],
    });
    const waiting = planOperation(takeUp(lost, at(6_000)), found(foreign('PENDING')), at(6_000), SETTINGS);
    if (waiting.kind !== 'settle') throw new Error('no call was expected');
    const later = takeUp(waiting.settled.command, at(7_000));
    expect(planOperation(later, found(foreign('FAILED')), at(7_000), SETTINGS)).toMatchObject({
      ...{ kind: 'call', command: { calls: 2, amountMinor: '4000' } },
    });
  });

  it('is never taken for none once Primer has had the command: it stays unknown, and a person is told', () => {
    const known = settle(CAPTURE, false, error(409, 'IdempotencyKeyAlreadyExists')).command;
    expect(look(known, 119_999)).toMatchObject({ settled: { command: { state: 'UNKNOWN' }, incidents: [] } });
    const aDay = 86_400_000;
    const incidents = expect.arrayContaining(['COMMAND_WITHOUT_EFFECT']);
    expect(look(known, 120_000)).toMatchObject({ settled: { command: { state: 'UNKNOWN' }, incidents } });
    expect(look(known, aDay)).toMatchObject({ settled: { command: { state: 'UNKNOWN' }, incidents } });
  });

  it.each([
    ['409', 'SomethingElse'],
    ['400', 'PaymentError'],
    ['404', 'PaymentNotFoundError'],
  ])('stays unknown after a repetition met %s %s: the first call may be why', (status, errorId) => {
    const refused = settle(CAPTURE, false, error(Number(status), errorId)).command;
    for (const nowMs of [120_000, 86_400_000]) {
      expect(look(refused, nowMs)).toMatchObject({
        settled: { command: { state: 'UNKNOWN' }, incidents: expect.arrayContaining(['COMMAND_WITHOUT_EFFECT']) },
      });
    }
  });

  it('is none once the repetition is refused for how it is written: so was the first', () => {
    const refused = settle(CAPTURE, false, error(422, 'RequestValidationError')).command;
    expect(look(refused, 119_999)).toMatchObject({ settled: { command: { state: 'UNKNOWN' } } });
    expect(look(refused, 120_000)).toMatchObject({
      settled: { command: { state: 'REFUSED', reason: 'provider-refused' }, incidents: [] },
    });
  });

  it('is none once the payment shows that the call was in vain, and Primer has refused the repetition', () => {
    const refused = settle(CAPTURE, false, error(400, 'PaymentError')).command;
    const cancelled = found({ ...payment, status: 'CANCELLED' });
    expect(planOperation(takeUp(refused, at(120_000)), cancelled, at(120_000), SETTINGS)).toMatchObject({
      settled: { command: { state: 'REFUSED', reason: 'provider-refused', providerErrorId: 'PaymentError' } },
    });
  });

  it('of a cancel is none once the whole payment is captured, and stays unknown where part of it had been before', () => {
    const over = found({ ...payment, status: 'SETTLED', amountCapturedMinor: '4200' });
    const ends = ['0', '1000'].map((capturedMinor) => {
      const refused = settle({ kind: 'cancel', paymentId: 'p-1' }, false, error(400, 'PaymentError')).command;
      const before = { ...refused.before!, capturedMinor };
      return planOperation({ ...takeUp(refused, at(120_000)), before }, over, at(120_000), SETTINGS);
    });
    expect(ends).toMatchObject([
      { settled: { command: { state: 'REFUSED' } } },
      { settled: { command: { state: 'UNKNOWN' } } },
    ]);
  });

  it.each(['PaymentAlreadyRefunded', 'UnprocessableRefundAmount'])(
    'of a refund stays unknown after %s: so would its own effect be answered',
    (errorId) => {
      const settled = { ...payment, status: 'SETTLED', amountCapturedMinor: '4200' };
      const seen = { kind: 'found' as const, payment: settled };
      const refund: CommandRequest = { kind: 'refund', paymentId: 'p-1', amountMinor: '4200' };
      const taken = takeUp(calling(CAPTURE, true), at(0));
      const planned = planOperation({ ...taken, request: refund, calls: 0 }, seen, at(0), SETTINGS);
      if (planned.kind !== 'call') throw new Error('a call was expected');
      const repeated = countCall(takeUp(planned.command, at(0)), at(0));
      const { command } = settleCommandCall(repeated, error(409, errorId), at(0), SETTINGS);
      expect(planOperation(takeUp(command, at(120_000)), seen, at(120_000), SETTINGS)).toMatchObject({
        settled: { command: { state: 'UNKNOWN' }, incidents: ['COMMAND_WITHOUT_EFFECT'] },
      });
    },
  );

  it('stays unknown, and is told, while the payment is not shown at all', () => {
    const refused = settle(CAPTURE, false, error(404, 'PaymentNotFoundError')).command;
    const plan = planOperation(takeUp(refused, at(120_000)), { kind: 'missing' }, at(120_000), SETTINGS);
    expect(plan).toMatchObject({
      settled: { command: { state: 'UNKNOWN' }, incidents: ['COMMAND_WITHOUT_EFFECT'] },
    });
  });

  it('is a person’s to end once its call has failed for ten minutes, however often it was repeated', () => {
    const death: CommandCall = { kind: 'unknown', reason: 'server-error', status: 503 };
    let command = settle(CAPTURE, true, death).command;
    let nowMs = command.dueAt.getTime();
    for (; nowMs < 600_000; nowMs = command.dueAt.getTime()) {
      const plan = look(command, nowMs);
      command =
        plan.kind === 'settle'
          ? plan.settled.command
          : settleCommandCall(plan.command, death, at(nowMs), SETTINGS).command;
    }
    expect(command).toMatchObject({ state: 'UNKNOWN', refusal: null });
    expect(command.calls).toBeGreaterThan(10);
    expect(look(command, nowMs)).toMatchObject({
      kind: 'settle',
      settled: { incidents: ['COMMAND_UNKNOWN_TOO_LONG'] },
    });
    const later = nowMs + SETTINGS.noEffectAfterMs;
    const incidents = ['COMMAND_WITHOUT_EFFECT', 'COMMAND_UNKNOWN_TOO_LONG'];
    expect(look(command, later)).toMatchObject({ kind: 'settle', settled: { incidents } });
    expect(() => assertCommandStuck(command, at(later), SETTINGS)).not.toThrow();
  });

  it('keeps a person informed when it stays unknown', () => {
    const lost = { ...settle(CAPTURE, false, { kind: 'unknown', reason: 'call-timeout' }).command, arrived: false };
    const unread = planOperation(takeUp(lost, at(600_000)), { kind: 'unavailable' }, at(600_000), SETTINGS);
    expect(unread).toMatchObject({ settled: { incidents: ['COMMAND_UNKNOWN_TOO_LONG'] } });
  });
});
