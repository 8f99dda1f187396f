import type { ReactNode } from 'react';
import { formatShare } from '../format/share.policy.ts';
import { type Bar, describeBars, placeParts } from './trial-bars.policy.ts';

const ROW = 48;
const LABEL = 16;
const THICKNESS = 24;
/** Narrower parts have no room for their figure; the table behind the chart has it. Percent of the width. */
const TEXT_FITS = 12;

/** Bars of parts, each as wide as the whole drawing: widths are shares, figures are written beside. */
export function StackedBars({ title, bars }: { title: string; bars: readonly Bar[] }): ReactNode {
  if (bars.length === 0) return null;
  const names = new Map(bars.flatMap(({ parts }) => parts).map(({ name, tone }) => [name, tone]));
  return (
    <figure className="bars-chart">
      {/* Lengths in percent and no view box: the letters keep their size on a phone. */}
      <svg role="img" aria-label={`${title}. ${describeBars(bars)}.`} width="100%" height={bars.length * ROW}>
        {bars.map((bar, index) => (
          <BarRow key={bar.name} bar={bar} top={index * ROW} />
        ))}
      </svg>
      <figcaption>
        {[...names].map(([name, tone]) => (
          <span key={name} className={`swatch ${tone}`}>
            {name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function BarRow({ bar, top }: { bar: Bar; top: number }): ReactNode {
  return (
    <g>
      <text x="0" y={top + LABEL - 4}>
        {bar.name}: {bar.total}
      </text>
      {placeParts(bar).map(({ name, tone, value, left, width }) => (
        <g key={name} className={`part ${tone}`}>
          <title>{`${name}: ${value} (${formatShare(value, bar.total)})`}</title>
          <rect x={`${left}%`} y={top + LABEL} width={`${width}%`} height={THICKNESS} />
          {width >= TEXT_FITS && (
            <text x={`${left + width / 2}%`} y={top + LABEL + THICKNESS / 2 + 4} textAnchor="middle">
              {formatShare(value, bar.total)}
            </text>
          )}
        </g>
      ))}
    </g>
  );
}
