import type { AttemptSummary } from '@tollgate/contracts';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { formatMoney } from '../format/money.policy.ts';
import { formatMoment } from '../format/time.policy.ts';
import { Badge, WideTable } from '../layout/page-parts.tsx';

/** Attempts, a row each; on a narrow screen the table scrolls on its own. */
export function AttemptTable({ attempts }: { attempts: readonly AttemptSummary[] }): ReactNode {
  return (
    <WideTable label="Attempts">
      <thead>
        <tr>
          <th scope="col">Received</th>
          <th scope="col">Order</th>
          <th scope="col">Customer</th>
          <th scope="col" className="number">
            Amount
          </th>
          <th scope="col">Status</th>
        </tr>
      </thead>
      <tbody>
        {attempts.map((attempt) => (
          <tr key={`${attempt.merchantId} ${attempt.paymentAttemptId}`}>
            <td>{formatMoment(attempt.receivedAt)}</td>
            <td>
              <Link href={`/attempts/${attempt.paymentAttemptId}`}>{attempt.order.orderId}</Link>
            </td>
            <td>{attempt.customerId ?? '–'}</td>
            <td className="number">{formatMoney(attempt.order.amount)}</td>
            <td>
              <Badge>{attempt.status}</Badge>
            </td>
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}
