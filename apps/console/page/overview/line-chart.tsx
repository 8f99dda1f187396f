import type { ReactNode } from 'react';
import { formatTime } from '../format/time.policy.ts';

const WIDTH = 640;
const HEIGHT = 160;
const LEFT = 40;
const BOTTOM = 18;
const TOP = 8;

export interface ChartLine {
  readonly name: string;
  readonly values: readonly number[];
}

/** Lines over time; told apart by dash as well as by colour. The newest value of each stands in the legend. */
export function LineChart({
  title,
  times,
  lines,
}: {
  title: string;
  times: readonly string[];
  lines: readonly ChartLine[];
}): ReactNode {
  if (times.length < 2) return <p className="quiet">The chart begins with the second look.</p>;
  const most = niceCeiling(Math.max(...lines.flatMap(({ values }) => values), 1));
  const x = (index: number): number => LEFT + (index * (WIDTH - LEFT)) / (times.length - 1);
  const y = (value: number): number => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / most);
  return (
    <figure className="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
        {[0, most / 2, most].map((value) => (
          <g key={value}>
            <line className="grid" x1={LEFT} x2={WIDTH} y1={y(value)} y2={y(value)} />
            <text x={LEFT - 6} y={y(value) + 4} textAnchor="end">
              {value}
            </text>
          </g>
        ))}
        <text x={LEFT} y={HEIGHT - 3}>
          {formatTime(times[0] ?? '').slice(0, 8)}
        </text>
        <text x={WIDTH} y={HEIGHT - 3} textAnchor="end">
          {formatTime(times.at(-1) ?? '').slice(0, 8)}
        </text>
        {lines.map(({ name, values }, index) => (
          <polyline
            key={name}
            className={`line line-${index}`}
            points={values.map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}
          />
        ))}
      </svg>
      <figcaption>
        {lines.map(({ name }, index) => (
          <span key={name} className={`legend line-${index}`}>
            {name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** 1, 2, 5, 10, 20, 50 …: the first that is not less. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}
