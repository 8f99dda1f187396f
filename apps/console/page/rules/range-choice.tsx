import type { ReactNode } from 'react';
import { RANGES, type RangeName } from './rules.client.ts';

/** How far back the counts below reach. */
export function RangeChoice({
  value,
  onChange,
}: {
  value: RangeName;
  onChange: (range: RangeName) => void;
}): ReactNode {
  return (
    <label className="choice">
      Counted over the
      <select value={value} onChange={(event) => onChange(event.target.value as RangeName)}>
        {Object.keys(RANGES).map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}
