import type { DifferencesAnswer } from '@tollgate/contracts';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { toAttemptHref } from '../attempts/attempt-address.policy.ts';
import { formatAmounts } from '../format/money.policy.ts';
import { formatShare } from '../format/share.policy.ts';
import { Badge, WideTable } from '../layout/page-parts.tsx';
import { StackedBars } from './stacked-bars.tsx';
import { toDecisionBars } from './trial-bars.policy.ts';

/** What was decided beside what another set says of the same attempts: the chart, and every figure of it in a table. */
export function DecisionPairs({
  pairs,
  attempts,
}: {
  pairs: DifferencesAnswer['decisions'];
  attempts: number;
}): ReactNode {
  if (pairs.length === 0) return null;
  return (
    <>
      <StackedBars title="What was decided, parted by what this set says" bars={toDecisionBars(pairs)} />
      <WideTable label="Decisions compared">
        <thead>
          <tr>
            <th scope="col">Decided</th>
            <th scope="col">This set says</th>
            <th scope="col" className="number">
              Attempts
            </th>
            <th scope="col" className="number">
              Share
            </th>
            <th scope="col" className="number">
              Amounts
            </th>
          </tr>
        </thead>
        <tbody>
          {pairs.map((pair) => (
            <tr key={`${pair.from} ${pair.to}`} className={pair.from === pair.to ? '' : 'hit'}>
              <th scope="row">
                <Badge>{pair.from}</Badge>
              </th>
              <td>
                <Badge>{pair.to}</Badge>
              </td>
              <td className="number">{pair.attempts}</td>
              <td className="number">{formatShare(pair.attempts, attempts)}</td>
              <td className="number">{formatAmounts(pair.amounts)}</td>
            </tr>
          ))}
        </tbody>
      </WideTable>
    </>
  );
}

/** Attempts of which the two sets say different things. */
export function Examples({ examples }: { examples: DifferencesAnswer['examples'] }): ReactNode {
  if (examples.length === 0) return null;
  return (
    <details>
      <summary>Attempts that differ ({examples.length})</summary>
      <WideTable label="Attempts that differ">
        <thead>
          <tr>
            <th scope="col">Attempt</th>
            <th scope="col">Merchant</th>
            <th scope="col">Decided</th>
            <th scope="col">This set says</th>
            <th scope="col">Because</th>
          </tr>
        </thead>
        <tbody>
          {examples.map(({ merchantId, paymentAttemptId, from, to, reason }) => (
            <tr key={`${merchantId} ${paymentAttemptId}`}>
              <th scope="row">
                <Link href={toAttemptHref({ merchantId, paymentAttemptId })}>{paymentAttemptId}</Link>
              </th>
              <td>{merchantId}</td>
              <td>
                <Badge>{from}</Badge>
              </td>
              <td>
                <Badge>{to}</Badge>
              </td>
              <td>{reason}</td>
            </tr>
          ))}
        </tbody>
      </WideTable>
    </details>
  );
}
