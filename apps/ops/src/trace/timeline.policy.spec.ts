import { expect, it } from '@jest/globals';
import { actionDetailExample, attemptExample, incidentExample, riskDecisionExample } from '@tollgate/contracts';
import type { AttemptTrace } from './attempt-trace.types.ts';
import { isUnheardOf, toTimeline } from './timeline.policy.ts';
import { reportTrace, traceIdOf } from './trace-report.service.ts';

const NOTHING: AttemptTrace = {
  paymentAttemptId: attemptExample.paymentAttemptId,
  incidents: [],
  journal: [],
  deadLetters: [],
  gaps: [],
};
const { links: _links, ...intake } = attemptExample;
const TOLD: AttemptTrace = {
  ...NOTHING,
  intake,
  risk: riskDecisionExample,
  gateway: actionDetailExample,
  incidents: [incidentExample],
};

it('puts what all services tell into one order of time', () => {
  const times = toTimeline(TOLD).map(({ at }) => Date.parse(at));
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(new Set(toTimeline(TOLD).map(({ source }) => source))).toEqual(new Set(['intake', 'risk', 'gateway']));
});

it('names the rules that hit, the calls, late decisions and incidents', () => {
  const text = reportTrace(TOLD);
  expect(text).toContain('rules that hit: amount-over-limit');
  expect(text).toContain('APPROVED payment IHQlakKC after 1 approve and 0 abort calls, last answer 200');
  expect(text).toContain('ABORT by deadline (deadline-passed) came too late');
  expect(text).toContain('incident FOREIGN_APPROVE, seen 1×');
});

it('says who is missing, and shows the rest', () => {
  const text = reportTrace({ ...TOLD, gaps: [{ source: 'ledger', problem: 'nobody answers at http://ledger' }] });
  expect(text).toContain('! ledger is missing here: nobody answers at http://ledger');
  expect(text).toContain('rules that hit');
});

it('knows the trace that leads through the attempt', () => {
  expect(traceIdOf(TOLD)).toBe(actionDetailExample.traceId);
  expect(traceIdOf(NOTHING)).toBeUndefined();
});

it('tells an attempt that nobody has heard of from one that somebody has', () => {
  expect(isUnheardOf(NOTHING)).toBe(true);
  expect(isUnheardOf(TOLD)).toBe(false);
});
