import type { BacktestResult, DifferencesAnswer } from '@tollgate/contracts';

/** A bar of a chart: parts of a whole, side by side. */
export interface Bar {
  readonly name: string;
  readonly total: number;
  readonly parts: readonly BarPart[];
}

export interface BarPart {
  readonly name: string;
  readonly tone: 'good' | 'warn' | 'bad' | 'plain';
  readonly value: number;
}

const DECISIONS = ['APPROVE', 'REVIEW', 'ABORT'] as const;
const TONES = { APPROVE: 'good', REVIEW: 'warn', ABORT: 'bad' } as const;

/** A bar for each decision that was made, parted by what the other set says of the same attempts. */
export function toDecisionBars(pairs: DifferencesAnswer['decisions']): Bar[] {
  const count = (from: string, to: string): number =>
    pairs.filter((pair) => pair.from === from && pair.to === to).reduce((sum, { attempts }) => sum + attempts, 0);
  return DECISIONS.map((from) => ({
    name: `decided ${from}`,
    parts: DECISIONS.map((to) => ({ name: to, tone: TONES[to], value: count(from, to) })),
  }))
    .map((bar) => ({ ...bar, total: bar.parts.reduce((sum, { value }) => sum + value, 0) }))
    .filter(({ total }) => total > 0);
}

const FATE_TONES = { kept: 'good', declined: 'warn', refunded: 'warn', disputed: 'bad' } as const;

/**
 * A bar for each kind of difference, parted by what became of the attempts that were let through. A payment that was
 * refunded and disputed is in both parts, so the total is that of the parts.
 */
export function toBecameBars(pairs: BacktestResult['decisions']): Bar[] {
  return pairs
    .map(({ from, to, fate }) => {
      const parts = Object.entries(FATE_TONES).map(([name, tone]) => ({
        name,
        tone,
        value: fate[name as keyof typeof FATE_TONES].attempts,
      }));
      return { name: `${from} → ${to}`, parts, total: parts.reduce((sum, { value }) => sum + value, 0) };
    })
    .filter(({ total }) => total > 0);
}

/** A bar for each rule that hit, parted by whether what became of the attempts says that it was right. */
export function toFateBars(rules: BacktestResult['rules']): Bar[] {
  return rules
    .filter(({ hits }) => hits > 0)
    .toSorted((one, other) => other.hits - one.hits)
    .map(({ rule, hits, fate }) => ({
      name: rule,
      total: hits,
      parts: [
        { name: 'right', tone: 'good', value: fate.right },
        { name: 'wrong', tone: 'bad', value: fate.known - fate.right },
        { name: 'not known', tone: 'plain', value: hits - fate.known },
      ],
    }));
}

/** What is more than nothing can be seen. Percent of the width. */
const WIDTH_MIN = 0.6;

/** Where each part that is not nothing stands within its bar, in percent of the width. */
export function placeParts({ parts, total }: Bar): Array<BarPart & { readonly left: number; readonly width: number }> {
  const shown = parts.filter(({ value }) => value > 0);
  const widths = shown.map(({ value }) => Math.max(WIDTH_MIN, (value / total) * 100));
  const all = widths.reduce((sum, width) => sum + width, 0);
  const places = widths.map((width) => (width / all) * 100);
  return shown.map((part, index) => ({
    ...part,
    left: places.slice(0, index).reduce((sum, width) => sum + width, 0),
    width: places[index] ?? 0,
  }));
}

/** What a chart shows, in a sentence for those who do not see it; the figures are in the table behind it. */
export function describeBars(bars: readonly Bar[]): string {
  return bars
    .map(({ name, parts }) => {
      const told = parts.filter(({ value }) => value > 0).map((part) => `${part.value} ${part.name}`);
      return `${name}: ${told.join(', ')}`;
    })
    .join('; ');
}
