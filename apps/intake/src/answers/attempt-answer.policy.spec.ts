import { describe, expect, it } from '@jest/globals';
import { attemptAnswer, DEFAULT_CLOCKS, deriveClocks, type TimelineEntry } from '@tollgate/contracts';
import type { AttemptFacts } from '../attempts/attempt.states.ts';
import type { Attempt } from '../attempts/attempt.types.ts';
import { toAttemptAnswer } from './attempt-answer.policy.ts';

const attempt: Attempt = {
  merchantId: 'shop',
  paymentAttemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
  clientSessionId: 'session',
  orderId: 'order',
  amountMinor: '4200',
  currency: 'EUR',
  clocks: deriveClocks(new Date('2026-11-21T12:00:00.000Z'), DEFAULT_CLOCKS),
  status: 'RECEIVED',
  facts: {},
  sightings: 0,
};
const decidedAt = '2026-11-21T12:00:01.000Z';
const decision = { eventId: 'e', decision: 'ABORT', source: 'rules', reason: 'velocity-exceeded', decidedAt } as const;
const stored: TimelineEntry = {
  at: decidedAt,
  event: 'DECIDED',
  decision: 'ABORT',
  source: 'rules',
  reason: 'velocity-exceeded',
};
const show = (facts: AttemptFacts, timeline: TimelineEntry[], forOperator = true) =>
  attemptAnswer.parse(toAttemptAnswer(attempt, { facts, timeline, readToken: 'token', forOperator }));

describe('the answer about an attempt', () => {
  it('tells in its timeline what its status says, also when that was heard before it was stored', () => {
    expect(show({ decision }, [])).toEqual(show({ decision }, [stored]));
    expect(show({ decision }, [])).toMatchObject({ status: 'DECIDED', timeline: [{ event: 'RECEIVED' }, stored] });
  });

  it('keeps the reasons of rules from the shop, and shows those of its own aborts', () => {
    expect(JSON.stringify(show({ decision }, [stored], false))).not.toContain('velocity');
    const own: TimelineEntry = { ...stored, source: 'merchant', reason: 'customer-left' };
    expect(show({}, [own], false).timeline.at(-1)).toMatchObject({ reason: 'customer-left' });
  });
});
