import { formatMoney } from '../format/money.policy.ts';
import type { AttemptTrace, TraceStep } from './attempt-trace.types.ts';

/** All that happened to an attempt, from its event to the entries of its payment, in the order of the times. */
export function toTraceSteps(trace: AttemptTrace): TraceStep[] {
  const steps = [ofIntake, ofRisk, ofApprovals, ofGateway, ofLedger].flatMap((tell) => tell(trace));
  return steps.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function ofIntake({ intake }: AttemptTrace): TraceStep[] {
  return (intake?.timeline ?? []).map(({ at, event, decision, outcome, source, reason, supersededBy }) => ({
    at,
    service: 'intake',
    what: words(
      event.toLowerCase().replaceAll('_', ' '),
      decision,
      outcome,
      source && `by ${source}`,
      reason && `(${reason})`,
    ),
    details: supersededBy === undefined ? [] : [`superseded by ${supersededBy}`],
  }));
}

function ofRisk({ risk }: AttemptTrace): TraceStep[] {
  if (risk === undefined) return [];
  const { ruleSet, version, hits } = risk.evaluation;
  return [
    {
      at: risk.decidedAt,
      service: 'risk',
      what: `decided ${risk.decision} (${risk.reason}) by ${ruleSet} version ${version.slice(0, 12)}`,
      details: hits.map((hit) => `${hit.rule}: ${hit.decision} (${hit.reason})`),
    },
  ];
}

/** From being shown to a person to what they decided; single votes only where there have to be several. */
function ofApprovals({ approval }: AttemptTrace): TraceStep[] {
  if (approval === undefined) return [];
  const { tollgate, createdAt, decidedAt, decision, reviewer, note } = approval;
  const step = (at: string, what: string, said: string | null): TraceStep => ({
    at,
    service: 'approvals',
    what,
    details: said === null ? [] : [`“${said}”`],
  });
  const votes = tollgate.quorum.required > 1 ? tollgate.votes : [];
  return [
    step(createdAt, words('shown to reviewers', tollgate.reason ? `(${tollgate.reason})` : undefined), null),
    ...votes.map((vote) => step(vote.at, `${vote.decision} is the vote of ${vote.reviewer}`, vote.note)),
    ...(decidedAt === null
      ? []
      : [
          step(
            decidedAt,
            reviewer === null
              ? words('nobody decided', tollgate.effectReason ? `(${tollgate.effectReason})` : undefined)
              : `${decision} by ${reviewer}`,
            note,
          ),
        ]),
  ];
}

function ofGateway({ gateway }: AttemptTrace): TraceStep[] {
  if (gateway === undefined) return [];
  const step = (at: string | null | undefined, what: string, details: string[] = []): TraceStep[] =>
    at ? [{ at, service: 'gateway', what, details }] : [];
  const { outcome, calls } = gateway;
  const payment = outcome?.paymentId ? [`payment ${outcome.paymentId}`] : [];
  return [
    ...step(gateway.firstCalledAt, `first call of Primer, for ${gateway.decision.decision}`),
    ...step(gateway.unknownSince, 'the answer is not known: it is being found out'),
    ...step(outcome?.concludedAt, `concluded ${outcome?.outcome ?? ''}`, [
      ...payment,
      `${calls.approve} approve and ${calls.abort} abort calls`,
      ...(gateway.lastAnswer === null ? [] : [`last answer ${gateway.lastAnswer}`]),
    ]),
    ...gateway.supersededDecisions.flatMap(({ recordedAt, decision, source, reason }) =>
      step(recordedAt, `${decision} by ${source} (${reason}) came after another decision had won`),
    ),
  ];
}

function ofLedger({ payment, journal }: AttemptTrace): TraceStep[] {
  const evidence = (payment?.evidence ?? []).map(
    ({ receivedAt, origin, reportedAs, status, effectiveAt }): TraceStep => ({
      at: receivedAt,
      service: 'ledger',
      what: `${origin === 'webhook' ? `webhook ${reportedAs}` : 'read back from Primer'}: ${status}`,
      details: [`as of ${effectiveAt}`],
    }),
  );
  const entries = journal.map(({ entryId, recordedAt, postings }): TraceStep => ({
    at: recordedAt,
    service: 'ledger',
    what: `journal entry ${entryId}`,
    details: postings.map(({ account, layer, amount }) => `${account} (${layer}) ${formatMoney(amount)}`),
  }));
  return [...evidence, ...entries];
}

function words(...parts: ReadonlyArray<string | undefined>): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' ');
}
