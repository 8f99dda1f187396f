import type { MoneyAnswer, TimelineEntry } from '@tollgate/contracts';
import type { AttemptTrace, TraceEntry } from './attempt-trace.types.ts';

/** Everything that happened to an attempt, over all services, in the order of its times. */
export function toTimeline(trace: AttemptTrace): TraceEntry[] {
  const entries = [
    ...(trace.intake?.timeline ?? []).map(toIntakeEntry),
    ...ofRisk(trace),
    ...ofGateway(trace),
    ...ofLedger(trace),
    ...ofDeadLetters(trace),
  ];
  return entries.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/** True when nobody has heard of the attempt. */
export function isUnheardOf({ intake, risk, gateway, incidents, deadLetters }: AttemptTrace): boolean {
  const isKnown = [intake, risk, gateway].some((answer) => answer !== undefined);
  return !isKnown && incidents.length === 0 && deadLetters.length === 0;
}

/** `42.00 EUR` would need the currency's digits: minor units are what travels. */
export function formatMoney({ amountMinor, currency }: MoneyAnswer): string {
  return `${amountMinor} ${currency} (minor units)`;
}

function toIntakeEntry({ at, event, decision, source, reason, outcome, supersededBy }: TimelineEntry): TraceEntry {
  const details = [
    decision,
    outcome,
    source === undefined ? undefined : `by ${source}`,
    reason === undefined ? undefined : `(${reason})`,
    supersededBy === undefined ? undefined : `superseded by ${supersededBy}`,
  ];
  return { at, source: 'intake', what: [event, ...details].filter((each) => each !== undefined).join(' ') };
}

function ofRisk({ risk }: AttemptTrace): TraceEntry[] {
  if (risk === undefined) {
    return [];
  }
  const { ruleSet, version, hits } = risk.evaluation;
  const hit = hits.map((each) => each.rule).join(', ');
  const why = hits.length === 0 ? 'no rule matched' : `rules that hit: ${hit}`;
  const what = `decided ${risk.decision} (${risk.reason}) by ${ruleSet} version ${version}; ${why}`;
  return [{ at: risk.decidedAt, source: 'risk', what }];
}

function ofGateway({ gateway, incidents }: AttemptTrace): TraceEntry[] {
  const entry = (at: string | null | undefined, what: string): TraceEntry[] =>
    at ? [{ at, source: 'gateway', what }] : [];
  const outcome = gateway?.outcome;
  const calls = gateway === undefined ? '' : `${gateway.calls.approve} approve and ${gateway.calls.abort} abort calls`;
  const lastAnswer = gateway?.lastAnswer ? `, last answer ${gateway.lastAnswer}` : '';
  const payment = outcome?.paymentId ? ` payment ${outcome.paymentId}` : '';
  return [
    ...entry(gateway?.firstCalledAt, `first call to Primer, for ${gateway?.decision.decision ?? ''}`),
    ...entry(gateway?.unknownSince, 'the answer is not known: being repaired'),
    ...entry(outcome?.concludedAt, `${outcome?.outcome ?? ''}${payment} after ${calls}${lastAnswer}`),
    ...(gateway?.supersededDecisions ?? []).flatMap((late) =>
      entry(late.recordedAt, `${late.decision} by ${late.source} (${late.reason}) came too late`),
    ),
    ...incidents.flatMap(({ firstSeenAt, kind, count }) => entry(firstSeenAt, `incident ${kind}, seen ${count}×`)),
  ];
}

function ofLedger({ payment, journal }: AttemptTrace): TraceEntry[] {
  return [
    ...(payment?.evidence ?? []).map(({ receivedAt, origin, reportedAs, status, effectiveAt }): TraceEntry => ({
      at: receivedAt,
      source: 'ledger',
      what: `${origin === 'webhook' ? `webhook ${reportedAs}` : 'read back'}: ${status}, as of ${effectiveAt}`,
    })),
    ...journal.map(({ entryId, recordedAt, postings }): TraceEntry => {
      const lines = postings.map(({ account, layer, amount }) => `${account} ${layer} ${amount.amountMinor}`);
      return {
        at: recordedAt,
        source: 'ledger',
        what: `journal entry ${entryId}: ${lines.join(', ') || 'no postings'}`,
      };
    }),
  ];
}

function ofDeadLetters({ deadLetters }: AttemptTrace): TraceEntry[] {
  return deadLetters.flatMap(({ id, consumer, code, failedAt, state, note }): TraceEntry[] => [
    {
      at: failedAt.toISOString(),
      source: 'dead letters',
      what: `${consumer} could not handle a record: ${code} (${id}, ${state})`,
    },
    ...(note === undefined
      ? []
      : [{ at: note.at, source: 'dead letters' as const, what: `${id} was ${note.action} by ${note.by}` }]),
  ]);
}
