import type { ApprovalAnswer } from '@tollgate/contracts';
import { type ReactNode, useState } from 'react';
import { formatMoney } from '../format/money.policy.ts';
import { formatMoment } from '../format/time.policy.ts';
import { AttemptTimeline } from '../attempts/attempt-timeline.tsx';
import { EarlierAttempts } from '../attempts/earlier-attempts.tsx';
import { Badge, Facts, Notice, Trouble } from '../layout/page-parts.tsx';
import { useSession } from '../session/session.tsx';
import { Countdown, useNow } from './countdown.tsx';
import { DecisionForm } from './decision-form.tsx';
import { timeLeftMs } from './queue.policy.ts';
import { findChanges, toShownSnapshot } from './snapshot.policy.ts';
import { SnapshotView } from './snapshot-view.tsx';
import { type Liveness, useApproval } from './use-approvals.ts';
import { toVerdict } from './verdict.policy.ts';

/** One approval: what it is about, why it waits, and the decision. */
export function ReviewDetail({ id, liveness }: { id: string; liveness: Liveness }): ReactNode {
  const { data, error, isFetching } = useApproval(id, liveness);
  const nowMs = useNow();
  if (data === undefined) {
    return error === null ? <p aria-busy="true">Reading …</p> : <Trouble error={error} what="The approval" />;
  }
  const approval = data.body;
  const leftMs = timeLeftMs(approval, data.receivedAtMs, nowMs);
  const isAttempt = approval.resourceType === 'payment_attempt';
  return (
    <article aria-busy={isFetching}>
      <Head approval={approval} leftMs={leftMs} />
      {error !== null && (
        <Notice kind="warn">
          The service does not answer: what you see is {Math.round((nowMs - data.receivedAtMs) / 1000)} seconds old.
        </Notice>
      )}
      <Decision approval={approval} leftMs={leftMs} />
      <Votes approval={approval} />
      {approval.tollgate.dataSnapshot !== null && <SnapshotView snapshot={approval.tollgate.dataSnapshot} />}
      {isAttempt && (
        <>
          <EarlierAttempts
            snapshot={approval.tollgate.dataSnapshot}
            merchantId={approval.merchantId}
            exceptId={approval.resourceId}
          />
          <AttemptTimeline paymentAttemptId={approval.resourceId} merchantId={approval.merchantId} />
        </>
      )}
    </article>
  );
}

function Head({ approval, leftMs }: { approval: ApprovalAnswer; leftMs: number | undefined }): ReactNode {
  const { tollgate } = approval;
  return (
    <header className="detail-head">
      <div>
        <h2>{tollgate.amount === null ? 'No amount' : formatMoney(tollgate.amount)}</h2>
        <p>
          {tollgate.orderId ?? approval.resourceId} · {approval.merchantId}{' '}
          {tollgate.reason !== null && <Badge>{tollgate.reason}</Badge>} <Badge>{approval.decision}</Badge>
        </p>
      </div>
      {approval.decision === 'pending' && <Countdown leftMs={leftMs} large />}
      <Facts
        rows={[
          ['About', `${approval.resourceType.replace('_', ' ')} ${approval.resourceId}`],
          ['Asked by', approval.requester],
          ['Since', formatMoment(approval.createdAt)],
          ['Votes', `${tollgate.quorum.given} of ${tollgate.quorum.required}`],
          ['Claimed by', tollgate.claim === null ? 'nobody' : tollgate.claim.by],
        ]}
      />
    </header>
  );
}

/** The decision while there can be one, and what became of it afterwards. */
function Decision({ approval, leftMs }: { approval: ApprovalAnswer; leftMs: number | undefined }): ReactNode {
  const { may, person } = useSession();
  const seen = useSeenSnapshot(approval);
  const verdict = toVerdict(approval, leftMs);
  if (verdict !== undefined) {
    return (
      <Notice kind={verdict.tone}>
        <strong>{verdict.headline}.</strong> {verdict.text}
        {approval.note !== null && <span className="note">“{approval.note}”</span>}
      </Notice>
    );
  }
  if (!may('approvals:review'))
    return <Notice kind="info">Your role lets you look at approvals, not decide them.</Notice>;
  if (seen.isStale) {
    return (
      <Notice kind="warn">
        <strong>The data has changed since you opened it.</strong> Nothing was decided.
        {seen.changes.length > 0 && (
          <ul className="changes">
            {seen.changes.map(({ name, before, after }) => (
              <li key={name}>
                {name}: <del>{before}</del> → <ins>{after}</ins>
              </li>
            ))}
          </ul>
        )}
        <button className="button" type="button" onClick={seen.accept}>
          I have seen the new data
        </button>
      </Notice>
    );
  }
  const vote = approval.tollgate.votes.find(({ reviewer }) => reviewer === person.email);
  if (vote !== undefined) {
    return (
      <Notice kind="info">
        <strong>Your vote is {vote.decision}.</strong> Another person has to look, too: nothing is decided yet.
      </Notice>
    );
  }
  return <DecisionForm approval={approval} />;
}

/** A decision is about what the person has seen: data that changes under their eyes must be seen before deciding. */
function useSeenSnapshot(approval: ApprovalAnswer) {
  const [seen, setSeen] = useState(approval);
  const isStale = seen.dataSnapshotHash !== approval.dataSnapshotHash;
  return {
    isStale,
    changes: isStale
      ? findChanges(toShownSnapshot(seen.tollgate.dataSnapshot), toShownSnapshot(approval.tollgate.dataSnapshot))
      : [],
    accept: () => setSeen(approval),
  };
}

function Votes({ approval }: { approval: ApprovalAnswer }): ReactNode {
  const { votes, quorum } = approval.tollgate;
  if (quorum.required < 2 || votes.length === 0) return null;
  return (
    <section className="card">
      <h3>Votes</h3>
      <ul className="plain-list">
        {votes.map(({ reviewer, decision, note, at }) => (
          <li key={`${reviewer} ${at}`}>
            <Badge>{decision}</Badge> {reviewer}, {formatMoment(at)}{' '}
            {note !== null && <span className="note">“{note}”</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
