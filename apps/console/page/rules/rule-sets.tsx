import type { RuleSetAnswer, RuleSetHitsAnswer } from '@tollgate/contracts';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { formatShare } from '../format/share.policy.ts';
import { formatMoment } from '../format/time.policy.ts';
import { Badge, Trouble, WideTable } from '../layout/page-parts.tsx';
import { useSession } from '../session/session.tsx';
import { DraftForm } from './draft-form.tsx';
import { RangeChoice } from './range-choice.tsx';
import { type RangeName, useHits, useRuleSets } from './rules.client.ts';

/** The sets that see attempts, with how often their rules hit, then the others. */
export function RuleSets(): ReactNode {
  const { data, error } = useRuleSets();
  const { may } = useSession();
  const [range, setRange] = useState<RangeName>('last hour');
  const [hasDrafted, setHasDrafted] = useState(false);
  return (
    <>
      {may('risk:write') && (
        <details className="card">
          <summary>Draft a rule set</summary>
          <DraftForm onDrafted={() => setHasDrafted(true)} />
        </details>
      )}
      <Trouble error={error} what="The rule sets" />
      {data === undefined && error === null && <p aria-busy="true">Reading …</p>}
      {data !== undefined && <RangeChoice value={range} onChange={setRange} />}
      {data !== undefined &&
        [...data.live, ...data.shadows].map((set) => <CountedRuleSet key={set.version} set={set} range={range} />)}
      {data !== undefined && data.others.length > 0 && (
        <details open={hasDrafted}>
          <summary>Drafts and retired sets ({data.others.length})</summary>
          {data.others.map((set) => (
            <RuleSetCard key={set.version} set={set} />
          ))}
        </details>
      )}
    </>
  );
}

function CountedRuleSet({ set, range }: { set: RuleSetAnswer; range: RangeName }): ReactNode {
  const { data, error } = useHits(set.version, range);
  return (
    <RuleSetCard set={set} hits={data}>
      <Trouble error={error} what="The hits" />
    </RuleSetCard>
  );
}

function RuleSetCard({
  set,
  hits,
  children,
}: {
  set: RuleSetAnswer;
  hits?: RuleSetHitsAnswer | undefined;
  children?: ReactNode;
}): ReactNode {
  return (
    <section className="card">
      <h2>
        {set.name} <Badge>{set.status}</Badge> <code className="quiet">{set.version.slice(0, 12)}</code>
      </h2>
      {set.description !== null && <p>{set.description}</p>}
      <Standing set={set} />
      {children}
      <RulesTable set={set} hits={hits} />
      <p className="quiet">
        Else {set.default.then} ({set.default.reason})
        {hits !== undefined && `: ${hits.withoutHit} of ${hits.attempts} attempts, on which no rule hit`}.
      </p>
    </section>
  );
}

/** Since when it is what it is, by whom, and what it waits for. */
function Standing({ set }: { set: RuleSetAnswer }): ReactNode {
  return (
    <p className="quiet">
      {set.liveSince !== null && set.status === 'live' && <>Live since {formatMoment(set.liveSince)}. </>}
      Written by {set.createdBy.displayName}, {formatMoment(set.createdAt)}.
      {set.proposal !== null && <> {set.proposal.by.displayName} proposes to make it live: another person has to.</>}
      {set.status === 'shadow' && (
        <>
          {' '}
          It sees every attempt and decides none: <Link href="/rules/shadows">where it differs</Link>.
        </>
      )}
    </p>
  );
}

function RulesTable({ set, hits }: { set: RuleSetAnswer; hits: RuleSetHitsAnswer | undefined }): ReactNode {
  const byRule = new Map(hits?.rules.map((row) => [row.rule, row]));
  return (
    <WideTable label={`Rules of ${set.name} ${set.version.slice(0, 12)}`}>
      <thead>
        <tr>
          <th scope="col">Rule</th>
          <th scope="col">When</th>
          <th scope="col">Then</th>
          {hits !== undefined && (
            <>
              <th scope="col" className="number">
                Hits
              </th>
              <th scope="col" className="number">
                Share
              </th>
              <th scope="col" className="number">
                Errors
              </th>
            </>
          )}
        </tr>
      </thead>
      <tbody>
        {set.rules.map((rule) => (
          <tr key={rule.name}>
            <th scope="row">{rule.name}</th>
            <td>
              <code>{rule.when}</code>
            </td>
            <td>
              {rule.then !== null && <Badge>{rule.then}</Badge>} {rule.score !== null && `score ${rule.score}`}{' '}
              <span className="quiet">{rule.reason}</span>
            </td>
            {hits !== undefined && <Counts row={byRule.get(rule.name)} attempts={hits.attempts} />}
          </tr>
        ))}
      </tbody>
    </WideTable>
  );
}

function Counts({
  row,
  attempts,
}: {
  row: RuleSetHitsAnswer['rules'][number] | undefined;
  attempts: number;
}): ReactNode {
  const { hits, errors } = row ?? { hits: 0, errors: 0 };
  return (
    <>
      <td className="number">{hits}</td>
      <td className="number">{formatShare(hits, attempts)}</td>
      <td className={`number ${errors > 0 ? 'alarming' : ''}`}>{errors}</td>
    </>
  );
}
