import type { AttemptSummary } from '@tollgate/contracts';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { formatMoney } from '../format/money.policy.ts';
import { formatMoment } from '../format/time.policy.ts';
import { Badge, WideTable } from '../layout/page-parts.tsx';
import { toAttemptHref } from './attempt-address.policy.ts';

/** Attempts, a row each, with their merchants where there may be several; on a narrow screen it scrolls on its own. */
export function AttemptTable({
  attempts,
  showsMerchant = false,
}: {
  attempts: readonly AttemptSummary[];
  showsMerchant?: boolean;
}): ReactNode {
  return (
    <WideTable label="Attempts">
      <thead>
        <tr>
          <th scope="col">Received</th>
          {showsMerchant && <th scope="col">Merchant</th>}
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
            {showsMerchant && <td>{attempt.merchantId}</td>}
            <td>
              <Link href={toAttemptHref(attempt)}>{attempt.order.orderId}</Link>
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
