import type { ReactNode } from 'react';
import { GridList, GridListItem } from 'react-aria-components';
import type { ApprovalAnswer } from '@tollgate/contracts';
import { Link, useLocation } from 'wouter';
import { formatMoney } from '../format/money.policy.ts';
import { Badge, Notice, Trouble } from '../layout/page-parts.tsx';
import { Countdown, useNow } from './countdown.tsx';
import { sortByUrgency, timeLeftMs, urgencyOf } from './queue.policy.ts';
import { ReviewDetail } from './review-detail.tsx';
import { type Liveness, useApprovalStream, useQueue } from './use-approvals.ts';

/** The queue beside the approval that is open; on a narrow screen one after the other. */
export function ReviewPage({ selectedId }: { selectedId: string | undefined }): ReactNode {
  const liveness = useApprovalStream();
  return (
    <div className={`panes ${selectedId === undefined ? 'at-list' : 'at-detail'}`}>
      <Queue liveness={liveness} selectedId={selectedId} />
      {selectedId === undefined ? (
        <section className="pane detail empty" aria-label="Approval">
          <p className="quiet">Choose an approval: arrow keys move in the queue, Enter opens.</p>
        </section>
      ) : (
        <section className="pane detail" aria-label="Approval">
          <Link className="back" href="/review">
            ← Queue
          </Link>
          <ReviewDetail key={selectedId} id={selectedId} liveness={liveness} />
        </section>
      )}
    </div>
  );
}

function Queue({ liveness, selectedId }: { liveness: Liveness; selectedId: string | undefined }): ReactNode {
  const { data, error } = useQueue(liveness);
  const [, navigate] = useLocation();
  const nowMs = useNow();
  const queue = sortByUrgency(data?.body.data ?? []);
  const total = data?.body.pagination.total ?? 0;

  return (
    <section className="pane queue" aria-labelledby="queue-title">
      <header className="pane-head">
        <h1 id="queue-title">Review queue</h1>
        <LiveMark liveness={liveness} />
      </header>
      <Trouble error={error} what="The queue" />
      {liveness === 'lost' && data !== undefined && (
        <Notice kind="warn">
          Not live: the stream is interrupted, and the queue is asked for every other second instead.
        </Notice>
      )}
      {total > queue.length && (
        <p className="quiet">
          The {queue.length} most urgent of {total} are shown.
        </p>
      )}
      <GridList
        aria-label="Approvals that wait for a decision"
        className="cards"
        items={queue}
        dependencies={[nowMs, selectedId]}
        onAction={(key) => navigate(`/review/${String(key)}`)}
        renderEmptyState={() =>
          data === undefined ? (
            <p aria-busy="true">Reading …</p>
          ) : (
            <p className="quiet">Nothing waits for a decision.</p>
          )
        }
      >
        {(approval) => (
          <QueueItem
            approval={approval}
            leftMs={timeLeftMs(approval, data?.receivedAtMs ?? nowMs, nowMs)}
            isOpen={approval.id === selectedId}
          />
        )}
      </GridList>
    </section>
  );
}

function QueueItem({
  approval,
  leftMs,
  isOpen,
}: {
  approval: ApprovalAnswer;
  leftMs: number | undefined;
  isOpen: boolean;
}): ReactNode {
  const { tollgate, resourceType, resourceId } = approval;
  const amount = tollgate.amount === null ? 'no amount' : formatMoney(tollgate.amount);
  const subject = tollgate.orderId ?? resourceId;
  return (
    <GridListItem
      id={approval.id}
      textValue={`${amount}, ${subject}`}
      className={`queue-item ${urgencyOf(leftMs)} ${isOpen ? 'open' : ''}`}
    >
      <Countdown leftMs={leftMs} />
      <span className="amount">{amount}</span>
      <span className="subject">{subject}</span>
      <span className="tags">
        {tollgate.reason !== null && <Badge>{tollgate.reason}</Badge>}
        {resourceType !== 'payment_attempt' && <Badge>{resourceType}</Badge>}
        {tollgate.quorum.required > 1 && (
          <span className="badge">
            {tollgate.quorum.given} of {tollgate.quorum.required} votes
          </span>
        )}
      </span>
      {tollgate.claim !== null && <span className="quiet claim">claimed by {tollgate.claim.by}</span>}
      {leftMs === 0 && <span className="claim">time is over</span>}
    </GridListItem>
  );
}

function LiveMark({ liveness }: { liveness: Liveness }): ReactNode {
  const words = { connecting: 'connecting', live: 'live', lost: 'not live' } as const;
  return (
    <span className={`live ${liveness}`} role="status">
      {words[liveness]}
    </span>
  );
}
