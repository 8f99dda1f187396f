import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type {
  ActionDetailAnswer,
  ApprovalListAnswer,
  AttemptAnswer,
  JournalAnswer,
  PaymentAnswer,
  RiskDecisionAnswer,
} from '@tollgate/contracts';
import { findInService } from '../api/api.client.ts';
import { type AttemptAddress, toBookPaths, toTracePaths } from './attempt-address.policy.ts';
import type { AttemptTrace } from './attempt-trace.types.ts';

const JOURNAL_PAGE = 200;
const AGAIN_MS = 3_000;
/** After that long nothing much comes; a webhook that does is seen on the next look. */
const SETTLED_AFTER_MS = 10 * 60_000;

/** A trace, and which services could not be asked. */
export interface TraceWithGaps {
  readonly trace: AttemptTrace;
  readonly gaps: readonly string[];
}

/** Everything about one attempt, of all services; goes on without those that do not answer, and says so. */
export function useAttemptTrace(address: AttemptAddress): UseQueryResult<TraceWithGaps> {
  return useQuery({
    queryKey: ['attempts', 'trace', address.merchantId, address.paymentAttemptId],
    queryFn: () => readTrace(address),
    refetchInterval: ({ state }) => {
      const receivedAt = state.data?.trace.intake?.receivedAt;
      const isYoung = receivedAt === undefined || Date.now() - Date.parse(receivedAt) < SETTLED_AFTER_MS;
      return isYoung ? AGAIN_MS : false;
    },
  });
}

async function readTrace(address: AttemptAddress): Promise<TraceWithGaps> {
  const gaps: string[] = [];
  const find = async <Body>(service: string, path: string): Promise<Body | undefined> => {
    try {
      return await findInService<Body>(service, path);
    } catch (error) {
      gaps.push(`${service}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const findIntake = (path: string) => find<AttemptAnswer>('intake', path);
  // Where nobody says whose it is, intake does, and the others are asked about that merchant's alone.
  const asked = address.merchantId === undefined ? await findIntake(toTracePaths(address).intake) : undefined;
  const merchantId = address.merchantId ?? asked?.merchantId;
  const paths = toTracePaths({ ...address, merchantId });
  const [intake, risk, approvals, gateway] = await Promise.all([
    address.merchantId === undefined ? asked : findIntake(paths.intake),
    find<RiskDecisionAnswer>('risk', paths.risk),
    find<ApprovalListAnswer>('approvals', paths.approvals),
    find<ActionDetailAnswer>('gateway', paths.gateway),
  ]);
  const paymentId = gateway?.outcome?.paymentId ?? intake?.outcome?.paymentId;
  const books = paymentId === undefined ? undefined : toBookPaths(paymentId, merchantId, JOURNAL_PAGE);
  const [payment, journal] =
    books === undefined
      ? []
      : await Promise.all([find<PaymentAnswer>('ledger', books.payment), find<JournalAnswer>('ledger', books.journal)]);
  const known = { intake, risk, approval: approvals?.data[0], gateway, payment };
  const told = Object.fromEntries(Object.entries(known).filter(([, answer]) => answer !== undefined));
  return { trace: { ...(told as Omit<AttemptTrace, 'journal'>), journal: journal?.data ?? [] }, gaps };
}
