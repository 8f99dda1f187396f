import type { ApprovalAnswer } from '@tollgate/contracts';
import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'wouter';
import { formatMoney } from '../format/money.policy.ts';
import { Badge, Facts } from '../layout/page-parts.tsx';
import { SnapshotView } from '../review/snapshot-view.tsx';
import { AttemptTimeline } from './attempt-timeline.tsx';
import { useAttemptTrace } from './use-attempt-trace.ts';

/** One attempt through all services; `?merchant=` says whose, should two merchants name the same id. */
export function AttemptPage({ paymentAttemptId }: { paymentAttemptId: string }): ReactNode {
  const [parameters] = useSearchParams();
  const address = { paymentAttemptId, merchantId: parameters.get('merchant') ?? undefined };
  const { data } = useAttemptTrace(address);
  const { intake, risk, approval, gateway, payment } = data?.trace ?? {};
  const order = intake?.order ?? gateway?.order ?? risk?.order;
  const paymentId = payment?.paymentId ?? gateway?.outcome?.paymentId;
  return (
    <section className="page" aria-labelledby="attempt-title">
      <Link className="back always" href="/attempts">
        ← Attempts
      </Link>
      <header className="detail-head">
        <div>
          <h1 id="attempt-title">{order === undefined ? 'Attempt' : formatMoney(order.amount)}</h1>
          <p>
            {order?.orderId} {intake !== undefined && <Badge>{intake.status}</Badge>}{' '}
            {payment !== undefined && <Badge>{payment.status}</Badge>}
          </p>
        </div>
        <Facts
          rows={[
            ['Attempt', paymentAttemptId],
            ['Merchant', intake?.merchantId ?? gateway?.merchantId ?? '–'],
            ['Payment', paymentId ?? '–'],
            ['Review', approval === undefined ? '–' : <ReviewLink key="review" {...approval} />],
            ['Trace', gateway?.traceId ?? '–'],
          ]}
        />
      </header>
      <AttemptTimeline {...address} />
      {risk !== undefined && (
        <SnapshotView
          snapshot={{ rules: risk.evaluation, features: risk.evaluation.features }}
          hitsTitle="What the rules said"
        />
      )}
    </section>
  );
}

function ReviewLink({ id, decision }: Pick<ApprovalAnswer, 'id' | 'decision'>): ReactNode {
  return (
    <>
      <Link href={`/review/${id}`}>{id}</Link> <Badge>{decision}</Badge>
    </>
  );
}
