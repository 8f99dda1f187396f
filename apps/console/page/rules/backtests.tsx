import type { BacktestAnswer } from '@tollgate/contracts';
import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'wouter';
import { formatShare } from '../format/share.policy.ts';
import { formatMoment } from '../format/time.policy.ts';
import { Badge, Trouble, WideTable } from '../layout/page-parts.tsx';
import { useSession } from '../session/session.tsx';
import { BacktestForm } from './backtest-form.tsx';
import { BacktestReport } from './backtest-report.tsx';
import { useBacktests } from './rules.client.ts';

/** Candidates tried on what was decided: the one that is open, a new one, and those before. */
export function Backtests(): ReactNode {
  const { data, error } = useBacktests();
  const { may } = useSession();
  const [parameters, setParameters] = useSearchParams();
  const openId = parameters.get('id') ?? data?.[0]?.id;
  return (
    <>
      {may('risk:write') && <BacktestForm onBegun={({ id }) => setParameters({ id })} />}
      {openId !== undefined && <BacktestReport key={openId} id={openId} />}
      <Trouble error={error} what="The backtests" />
      {data === undefined && error === null && <p aria-busy="true">Reading …</p>}
      {data?.length === 0 && (
        <p className="quiet" role="status">
          No set was tried on history yet.
        </p>
      )}
      {data !== undefined && data.length > 0 && <BacktestTable backtests={data} openId={openId} />}
    </>
  );
}

function BacktestTable({
  backtests,
  openId,
}: {
  backtests: readonly BacktestAnswer[];
  openId: string | undefined;
}): ReactNode {
  return (
    <section className="card">
      <h2>The newest backtests</h2>
      <WideTable label="Backtests">
        <thead>
          <tr>
            <th scope="col">Asked for</th>
            <th scope="col">Set</th>
            <th scope="col">By</th>
            <th scope="col">Status</th>
            <th scope="col" className="number">
              Attempts
            </th>
            <th scope="col" className="number">
              Different
            </th>
          </tr>
        </thead>
        <tbody>
          {backtests.map(({ id, requestedAt, requestedBy, name, version, status, attemptsRead, result }) => (
            <tr key={id} className={id === openId ? 'chosen' : ''}>
              <th scope="row">
                <Link href={`/rules/backtests?id=${id}`} aria-current={id === openId ? 'true' : undefined}>
                  {formatMoment(requestedAt)}
                </Link>
              </th>
              <td>
                {name} <code className="quiet">{version.slice(0, 12)}</code>
              </td>
              <td>{requestedBy.displayName}</td>
              <td>
                <Badge>{status}</Badge>
              </td>
              <td className="number">{result?.attempts ?? attemptsRead}</td>
              <td className="number">
                {result === null ? '–' : `${result.different} (${formatShare(result.different, result.attempts)})`}
              </td>
            </tr>
          ))}
        </tbody>
      </WideTable>
    </section>
  );
}
