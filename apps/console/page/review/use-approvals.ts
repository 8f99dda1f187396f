import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { ApprovalAnswer, ApprovalListAnswer } from '@tollgate/contracts';
import { useEffect, useState } from 'react';
import { ask, askService } from '../api/api.client.ts';
import { queryClient } from '../api/query.client.ts';
import type { Timed } from './queue.policy.ts';

const APPROVALS = ['approvals'] as const;
/** The queue shows as many as one page of the service holds. */
const QUEUE_MAX = 100;
/** Without the live stream the queue is asked for; with it, only as a second string. */
const POLL_LOST_MS = 2_000;
const POLL_LIVE_MS = 30_000;
/** What changed in quick succession is read once. */
const GATHER_MS = 150;
const REOPEN_MS = 2_000;

export type Liveness = 'connecting' | 'live' | 'lost';

/** Everything that waits for a decision. */
export function useQueue(liveness: Liveness): UseQueryResult<Timed<ApprovalListAnswer>> {
  return useQuery({
    queryKey: [...APPROVALS, 'pending'],
    queryFn: async () =>
      timed(await askService<ApprovalListAnswer>('approvals', `/v0/approvals?decision=pending&limit=${QUEUE_MAX}`)),
    refetchInterval: liveness === 'live' ? POLL_LIVE_MS : POLL_LOST_MS,
  });
}

/** One approval with everything to be seen before deciding. Asked again while a decision has not taken effect. */
export function useApproval(id: string, liveness: Liveness): UseQueryResult<Timed<ApprovalAnswer>> {
  return useQuery({
    queryKey: [...APPROVALS, 'one', id],
    queryFn: async () =>
      timed(await askService<ApprovalAnswer>('approvals', `/v0/approvals/${encodeURIComponent(id)}`)),
    refetchInterval: ({ state }) => {
      const approval = state.data?.body;
      if (approval === undefined) return POLL_LOST_MS;
      const isEnding = approval.decision !== 'pending' && approval.tollgate.effect === 'none';
      const isOver = approval.decision === 'pending' && approval.tollgate.timeLeftMs === 0;
      return isEnding || isOver || liveness !== 'live' ? POLL_LOST_MS : POLL_LIVE_MS;
    },
  });
}

/** Decides, claims or gives back; answers the approval as it is afterwards. @throws ApiProblem */
export function changeApproval(
  id: string,
  change: { decision: 'approved' | 'rejected'; note: string | null; dataSnapshotHash: string } | { claim: boolean },
): Promise<ApprovalAnswer> {
  return ask<ApprovalAnswer>('PATCH', `/api/approvals/v0/approvals/${encodeURIComponent(id)}`, change);
}

/**
 * Listens to the approvals' stream: each message makes what is shown be read again. The stream only says that
 * something happened; what happened is always read from the service.
 */
export function useApprovalStream(): Liveness {
  const [liveness, setLiveness] = useState<Liveness>('connecting');
  useEffect(() => {
    let source: EventSource | undefined;
    let gathering: number | undefined;
    let reopening: number | undefined;
    const readAgain = (): void => {
      gathering ??= window.setTimeout(() => {
        gathering = undefined;
        void queryClient.invalidateQueries({ queryKey: APPROVALS });
      }, GATHER_MS);
    };
    const open = (): void => {
      source = new EventSource('/api/approvals/v0/approvals/stream');
      source.addEventListener('open', () => {
        setLiveness('live');
        readAgain();
      });
      for (const name of ['message', 'approval']) source.addEventListener(name, readAgain);
      source.addEventListener('error', () => {
        setLiveness('lost');
        // A browser gives up after an answer that is no stream; we do not.
        if (source?.readyState === EventSource.CLOSED) reopening = window.setTimeout(open, REOPEN_MS);
      });
    };
    open();
    return () => {
      source?.close();
      window.clearTimeout(gathering);
      window.clearTimeout(reopening);
    };
  }, []);
  return liveness;
}

function timed<Body>(body: Body): Timed<Body> {
  return { body, receivedAtMs: performance.now() };
}
