import type { RuleSetAnswer } from '@tollgate/contracts';
import { type ReactNode, useState } from 'react';
import { formatShare } from '../format/share.policy.ts';
import { Badge, Trouble } from '../layout/page-parts.tsx';
import { RangeChoice } from './range-choice.tsx';
import { type RangeName, useDifferences, useRuleSets } from './rules.client.ts';
import { DecisionPairs, Examples } from './trial-figures.tsx';

/** What sets in the shadow say about live traffic, beside what was decided. */
export function Shadows(): ReactNode {
  const { data, error } = useRuleSets();
  const [range, setRange] = useState<RangeName>('last day');
  return (
    <>
      <Trouble error={error} what="The rule sets" />
      {data === undefined && error === null && <p aria-busy="true">Reading …</p>}
      {data?.shadows.length === 0 && (
        <p className="quiet" role="status">
          No set is in the shadow. One gets there by the command line: ops rulesets shadow.
        </p>
      )}
      {data !== undefined && data.shadows.length > 0 && <RangeChoice value={range} onChange={setRange} />}
      {data?.shadows.map((set) => (
        <Shadow key={set.version} set={set} range={range} />
      ))}
    </>
  );
}

function Shadow({ set, range }: { set: RuleSetAnswer; range: RangeName }): ReactNode {
  const { data, error } = useDifferences(set.version, range);
  return (
    <section className="card" aria-label={`Differences of ${set.name}`}>
      <h2>
        {set.name} <Badge>{set.status}</Badge> <code className="quiet">{set.version.slice(0, 12)}</code>
      </h2>
      <Trouble error={error} what="The differences" />
      {data === undefined && error === null && <p aria-busy="true">Counting …</p>}
      {data !== undefined && (
        <>
          <p>
            It has seen <strong>{data.attempts}</strong> attempts and differs on <strong>{data.different}</strong> (
            {formatShare(data.different, data.attempts)}). None of it took effect.
          </p>
          <DecisionPairs pairs={data.decisions} attempts={data.attempts} />
          <Examples examples={data.examples} />
        </>
      )}
    </section>
  );
}
