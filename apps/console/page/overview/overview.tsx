import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Figures, RatePoint, ServiceFigures } from '../../src/figures/figures.types.ts';
import { ask } from '../api/api.client.ts';
import { formatDuration, formatTime } from '../format/time.policy.ts';
import { Badge, Notice, Trouble, WideTable } from '../layout/page-parts.tsx';
import { LineChart } from './line-chart.tsx';

const AGAIN_MS = 5_000;

/** How the installation does: rates, outcomes, latencies, lag, dead letters. */
export function Overview(): ReactNode {
  const { data, error } = useQuery({
    queryKey: ['figures'],
    queryFn: () => ask<Figures>('GET', '/figures'),
    refetchInterval: AGAIN_MS,
  });
  return (
    <section className="page" aria-labelledby="overview-title">
      <h1 id="overview-title">Overview</h1>
      {data === undefined && <Trouble error={error} what="The figures" />}
      {data === undefined ? (
        error === null && <p aria-busy="true">Reading …</p>
      ) : (
        <>
          <p className="quiet">
            As of {formatTime(data.asOf)}; the last {Math.ceil(data.windowSeconds / 60)} minutes.
          </p>
          {error !== null && <Notice kind="warn">Nobody answers: these figures are the last ones known.</Notice>}
          <Rates series={data.series} />
          <Services services={data.services} />
          <Latencies latencies={data.latencies} />
          <div className="columns">
            <Totals title="What became of attempts" totals={data.totals.outcomes} />
            <Totals title="Decisions of the rules" totals={data.totals.decisions} />
            <Totals title="Calls of Primer" totals={data.totals.calls} />
            <Totals title="Webhooks" totals={data.totals.webhooks} />
          </div>
        </>
      )}
    </section>
  );
}

const LINES = [
  { name: 'attempts received', value: (point: RatePoint) => point.received },
  { name: 'decided by rules', value: (point: RatePoint) => point.decided },
  { name: 'calls of Primer', value: (point: RatePoint) => point.called },
  { name: 'webhooks', value: (point: RatePoint) => point.webhooks },
];

function Rates({ series }: { series: readonly RatePoint[] }): ReactNode {
  const last = series.at(-1);
  return (
    <section className="card">
      <h2>Per second</h2>
      <div className="tiles">
        {LINES.map(({ name, value }) => (
          <div key={name} className="tile">
            <span className="figure">{last === undefined ? '–' : value(last)}</span>
            <span className="quiet">{name}</span>
          </div>
        ))}
      </div>
      <LineChart
        title="Attempts received, decided, called and confirmed per second"
        times={series.map(({ at }) => at)}
        lines={LINES.map(({ name, value }) => ({ name, values: series.map(value) }))}
      />
    </section>
  );
}

function Services({ services }: { services: readonly ServiceFigures[] }): ReactNode {
  return (
    <section className="card">
      <h2>Services</h2>
      <WideTable label="Services">
        <thead>
          <tr>
            <th scope="col">Service</th>
            <th scope="col">State</th>
            <th scope="col" className="number">
              Lag
            </th>
            <th scope="col" className="number">
              Dead letters since its start
            </th>
            <th scope="col" className="number">
              Unpublished
            </th>
          </tr>
        </thead>
        <tbody>
          {services.map((each) => (
            <tr key={each.service}>
              <th scope="row">{each.service}</th>
              <td>
                <Badge>{each.isUp ? 'up' : 'down'}</Badge>
              </td>
              <td
                className="number"
                title={Object.entries(each.lagByTopic)
                  .map(([topic, lag]) => `${topic} ${lag}`)
                  .join(', ')}
              >
                {each.isUp ? each.lag : '–'}
              </td>
              <td className={`number ${each.deadLetters > 0 ? 'alarming' : ''}`}>
                {each.isUp ? each.deadLetters : '–'}
              </td>
              <td className="number">
                {each.isUp ? each.outboxDepth : '–'}
                {each.outboxAgeSeconds > 1 && ` (${Math.round(each.outboxAgeSeconds)} s)`}
              </td>
            </tr>
          ))}
        </tbody>
      </WideTable>
    </section>
  );
}

function Latencies({ latencies }: { latencies: Figures['latencies'] }): ReactNode {
  const show = (seconds: number | null): string => (seconds === null ? '–' : formatDuration(seconds));
  return (
    <section className="card">
      <h2>Latency</h2>
      <WideTable label="Latency">
        <thead>
          <tr>
            <th scope="col">What</th>
            {['half', '95 %', '99 %'].map((share) => (
              <th key={share} scope="col" className="number">
                {share} within
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {latencies.map(({ name, p50, p95, p99 }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="number">{show(p50)}</td>
              <td className="number">{show(p95)}</td>
              <td className="number">{show(p99)}</td>
            </tr>
          ))}
        </tbody>
      </WideTable>
    </section>
  );
}

function Totals({ title, totals }: { title: string; totals: Readonly<Record<string, number>> }): ReactNode {
  const most = Math.max(1, ...Object.values(totals));
  return (
    <section className="card">
      <h2>
        {title} <span className="quiet">since the start</span>
      </h2>
      {Object.keys(totals).length === 0 && <p className="quiet">None.</p>}
      <ul className="bars">
        {Object.entries(totals).map(([name, count]) => (
          <li key={name}>
            <span>{name}</span>
            <span className="number">{count}</span>
            <progress max={most} value={count} aria-label={`${name}: ${count}`} />
          </li>
        ))}
      </ul>
    </section>
  );
}
