import { formatTable } from '@tollgate/platform';
import { toPrintable } from '../output/printable-text.policy.ts';
import type { AttemptTrace } from './attempt-trace.types.ts';
import { formatMoney, toTimeline } from './timeline.policy.ts';

/** The attempt as a person reads it: what it is, its clocks, its timeline, and who could not be asked. */
export function reportTrace(trace: AttemptTrace): string {
  const start = startOf(trace);
  const rows = toTimeline(trace).map(({ at, source, what }) => [
    at,
    formatOffset(at, start),
    source,
    toPrintable(what),
  ]);
  const timeline = formatTable(
    [{ title: 'at' }, { title: 'after', align: 'right' }, { title: 'service' }, { title: 'what' }],
    rows,
  );
  const gaps = trace.gaps.map(({ source, problem }) => `  ! ${source} is missing here: ${toPrintable(problem)}`);
  return [
    describe(trace),
    ...(rows.length === 0 ? [] : ['', timeline]),
    ...(gaps.length === 0 ? [] : ['', ...gaps]),
  ].join('\n');
}

/** The trace that leads through the attempt, where a service or a dead letter has kept it. */
export function traceIdOf({ gateway, deadLetters }: AttemptTrace): string | undefined {
  return gateway?.traceId ?? deadLetters.find(({ traceparent }) => traceparent)?.traceparent?.split('-')[1];
}

function describe(trace: AttemptTrace): string {
  const { paymentAttemptId, intake, risk, gateway, payment } = trace;
  const known = intake ?? gateway ?? risk;
  const clocks = intake ?? gateway?.clocks ?? risk?.clocks;
  const start = startOf(trace);
  const outcome = gateway?.outcome?.outcome ?? intake?.outcome?.status;
  const paymentId = gateway?.outcome?.paymentId ?? intake?.outcome?.paymentId;
  const rows: ReadonlyArray<readonly [string, string | undefined]> = [
    ['attempt', paymentAttemptId],
    ['merchant', known?.merchantId],
    ['order', known === undefined ? undefined : `${known.order.orderId}, ${formatMoney(known.order.amount)}`],
    ['status', intake?.status],
    ['action', gateway === undefined ? undefined : `${gateway.decision.decision}, ${gateway.state}`],
    ['outcome', outcome],
    ['payment', describePayment(paymentId, payment?.status)],
    ['decide by', clocks && `${clocks.decideBy} ${formatOffset(clocks.decideBy, start)}`],
    ['approve by', clocks && `${clocks.approveBy} ${formatOffset(clocks.approveBy, start)}`],
    ['expires at', clocks && `${clocks.expiresAt} ${formatOffset(clocks.expiresAt, start)}`],
    ['trace', traceIdOf(trace)],
  ];
  return rows.flatMap(([name, text]) => (text ? [`  ${name.padEnd(12)}${toPrintable(text)}`] : [])).join('\n');
}

function describePayment(paymentId: string | undefined | null, status: string | undefined): string | undefined {
  if (!paymentId) {
    return undefined;
  }
  return status === undefined ? paymentId : `${paymentId}, ${status}`;
}

function startOf({ intake, gateway, risk }: AttemptTrace): number | undefined {
  const receivedAt = intake?.receivedAt ?? gateway?.clocks.receivedAt ?? risk?.clocks.receivedAt;
  return receivedAt === undefined ? undefined : Date.parse(receivedAt);
}

/** `+0.123 s` after the attempt was received. */
function formatOffset(at: string, start: number | undefined): string {
  if (start === undefined) {
    return '';
  }
  const seconds = (Date.parse(at) - start) / 1_000;
  return `${seconds < 0 ? '' : '+'}${seconds.toFixed(3)} s`;
}
