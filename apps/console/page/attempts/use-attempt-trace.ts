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
export function useAttemptTrace(paymentAttemptId: string): UseQueryResult<TraceWithGaps> {
  return useQuery({
    queryKey: ['attempts', 'trace', paymentAttemptId],
    queryFn: () => readTrace(paymentAttemptId),
    refetchInterval: ({ state }) => {
      const receivedAt = state.data?.trace.intake?.receivedAt;
      const isYoung = receivedAt === undefined || Date.now() - Date.parse(receivedAt) < SETTLED_AFTER_MS;
      return isYoung ? AGAIN_MS : false;
    },
  });
}

async function readTrace(paymentAttemptId: string): Promise<TraceWithGaps> {
  const gaps: string[] = [];
  const find = async <Body>(service: string, path: string): Promise<Body | undefined> => {
    try {
      return await findInService<Body>(service, path);
    } catch (error) {
      gaps.push(`${service}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const id = encodeURIComponent(paymentAttemptId);
  const [intake, risk, approvals, gateway] = await Promise.all([
    find<AttemptAnswer>('intake', `/v1/attempts/${id}`),
    find<RiskDecisionAnswer>('risk', `/v1/decisions/${id}`),
    find<ApprovalListAnswer>('approvals', `/v0/approvals?resourceType=payment_attempt&resourceId=${id}`),
    find<ActionDetailAnswer>('gateway', `/v1/actions/${id}`),
  ]);
  const paymentId = gateway?.outcome?.paymentId ?? intake?.outcome?.paymentId;
  const [payment, journal] =
    paymentId === undefined
      ? []
      : await Promise.all([
          find<PaymentAnswer>('ledger', `/v1/payments/${encodeURIComponent(paymentId)}`),
          find<JournalAnswer>('ledger', `/v1/journal?limit=${JOURNAL_PAGE}&paymentId=${encodeURIComponent(paymentId)}`),
        ]);
  const known = { intake, risk, approval: approvals?.data[0], gateway, payment };
  const told = Object.fromEntries(Object.entries(known).filter(([, answer]) => answer !== undefined));
  return { trace: { ...(told as Omit<AttemptTrace, 'journal'>), journal: journal?.data ?? [] }, gaps };
}
