import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type { ApprovalAnswer, ApprovalListAnswer } from '@tollgate/contracts';
import { useEffect, useState } from 'react';
import { ask, askService } from '../api/api.client.ts';
import { queryClient } from '../api/query.client.ts';
import type { Timed } from './queue.policy.ts';

const APPROVALS = ['approvals'] as const;
/** One page of the service. */
const PAGE_MAX = 100;
/** More than people can decide in time; what is beyond them has the most time left. */
const PAGES_MAX = 10;
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
    queryFn: readQueue,
    refetchInterval: liveness === 'live' ? POLL_LIVE_MS : POLL_LOST_MS,
  });
}

/**
 * All pages: the service lists the most urgent first to people, so that what is left out has time. What moves to another
 * page meanwhile is there once.
 */
async function readQueue(): Promise<Timed<ApprovalListAnswer>> {
  const readPage = (page: number) =>
    askService<ApprovalListAnswer>(
      'approvals',
      `/v0/approvals?decision=pending&limit=${PAGE_MAX}&offset=${page * PAGE_MAX}`,
    );
  const { body: first, receivedAtMs } = timed(await readPage(0));
  const pages = Math.min(PAGES_MAX, Math.ceil(first.pagination.total / PAGE_MAX));
  const further = await Promise.all(Array.from({ length: Math.max(0, pages - 1) }, (_, index) => readPage(index + 1)));
  const found = new Map([first, ...further].flatMap(({ data }) => data).map((each) => [each.id, each]));
  return { body: { ...first, data: [...found.values()] }, receivedAtMs };
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
      // No stream tells that a claim has run out.
      const isClaimed = approval.tollgate.claim !== null;
      return isEnding || isOver || isClaimed || liveness !== 'live' ? POLL_LOST_MS : POLL_LIVE_MS;
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
 * something happened; what happened is always read from the service. A page that nobody sees lets go of it: browsers
 * open six connections to one server, and a seventh tab would wait for ever.
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
    const close = (): void => {
      source?.close();
      window.clearTimeout(reopening);
    };
    const follow = (): void => {
      close();
      setLiveness('connecting');
      if (!document.hidden) open();
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      close();
      window.clearTimeout(gathering);
    };
  }, []);
  return liveness;
}

function timed<Body>(body: Body): Timed<Body> {
  return { body, receivedAtMs: performance.now() };
}
