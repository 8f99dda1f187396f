import type { BacktestAnswer, BacktestResult } from '@tollgate/contracts';
import type { ReactNode } from 'react';
import { formatAmounts } from '../format/money.policy.ts';
import { formatShare } from '../format/share.policy.ts';
import { formatDuration, formatMoment } from '../format/time.policy.ts';
import { Badge, Notice, Trouble, WideTable } from '../layout/page-parts.tsx';
import { useBacktest } from './rules.client.ts';
import { StackedBars } from './stacked-bars.tsx';
import { toBecameBars, toFateBars } from './trial-bars.policy.ts';
import { DecisionPairs, Examples } from './trial-figures.tsx';

/** One backtest: how far it is, and all its figures when it is done. */
export function BacktestReport({ id }: { id: string }): ReactNode {
  const { data, error } = useBacktest(id);
  return (
    <section className="card" aria-label="Backtest">
      <Trouble error={error} what="The backtest" />
      {data === undefined && error === null && <p aria-busy="true">Reading …</p>}
      {data !== undefined && <Head backtest={data} />}
      {data?.result && <Figures result={data.result} />}
    </section>
  );
}

function Head({ backtest }: { backtest: BacktestAnswer }): ReactNode {
  const { name, version, status, from, to, merchantId, attemptsRead, problem } = backtest;
  return (
    <>
      <h2>
        {name} <Badge>{status}</Badge> <code className="quiet">{version.slice(0, 12)}</code>
      </h2>
      <p className="quiet">
        On the attempts of {merchantId ?? 'all merchants'} from {formatMoment(from)} to {formatMoment(to)}.
      </p>
      {status === 'running' && (
        <p role="status" aria-busy="true">
          It runs; {attemptsRead} attempts so far.
        </p>
      )}
      {problem !== null && <Notice kind="bad">{problem}</Notice>}
      {status === 'lost' && <Notice kind="bad">The process that ran it has gone: ask for it again.</Notice>}
    </>
  );
}

function Figures({ result }: { result: BacktestResult }): ReactNode {
  const { attempts, different, decisions, rules, examples, replay, milliseconds, attemptsPerSecond } = result;
  return (
    <>
      <div className="tiles">
        <Tile figure={String(attempts)} name="attempts" />
        <Tile figure={String(different)} name={`decided differently, ${formatShare(different, attempts)}`} />
        <Tile figure={String(attemptsPerSecond)} name={`attempts per second, ${formatDuration(milliseconds / 1000)}`} />
      </div>
      {attempts === 0 && <p className="quiet">Nothing was decided in this time.</p>}
      {replay !== null && (
        <p className="quiet">
          Velocities counted anew on {replay.counted} attempts
          {replay.countedFrom === null ? '' : ` from ${formatMoment(replay.countedFrom)} on`}: {replay.same} of{' '}
          {replay.compared} are what was recorded then; {replay.leftOut} attempts had no decision.
        </p>
      )}
      <DecisionPairs pairs={decisions} attempts={attempts} />
      <StackedBars
        title="What became of the attempts, by what was decided and what this set says"
        bars={toBecameBars(decisions)}
      />
      <RuleFigures rules={rules} attempts={attempts} />
      <Examples examples={examples} />
    </>
  );
}

function Tile({ figure, name }: { figure: string; name: string }): ReactNode {
  return (
    <div className="tile">
      <span className="figure">{figure}</span>
      <span className="quiet">{name}</span>
    </div>
  );
}

/** How each rule hit, and how often what became of the attempts says that it was right. */
function RuleFigures({ rules, attempts }: { rules: BacktestResult['rules']; attempts: number }): ReactNode {
  const isAnyKnown = rules.some(({ fate }) => fate.known > 0);
  return (
    <>
      <h3>Rules</h3>
      {isAnyKnown ? (
        <StackedBars title="Hits of each rule, parted by whether it was right" bars={toFateBars(rules)} />
      ) : (
        <p className="quiet">What became of the attempts is not known for any hit: nobody can say who was right.</p>
      )}
      <WideTable label="Rules of the backtest">
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">Then</th>
            {['Hits', 'Share', 'Errors', 'Right', 'of known', 'Right in money'].map((title) => (
              <th key={title} scope="col" className="number">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rules.map(({ rule, then, hits, errors, fate }) => (
            <tr key={rule}>
              <th scope="row">{rule}</th>
              <td>
                <Badge>{then}</Badge>
              </td>
              <td className="number">{hits}</td>
              <td className="number">{formatShare(hits, attempts)}</td>
              <td className={`number ${errors > 0 ? 'alarming' : ''}`}>{errors}</td>
              <td className="number">{formatShare(fate.right, fate.known)}</td>
              <td className="number">{fate.known}</td>
              <td className="number">{formatAmounts(fate.rightAmounts)}</td>
            </tr>
          ))}
        </tbody>
      </WideTable>
    </>
  );
}
