import { useQuery } from '@tanstack/react-query';
import type { ruleSetListAnswer, RuleSetAnswer } from '@tollgate/contracts';
import type { ReactNode } from 'react';
import type { z } from 'zod';
import { askService } from '../api/api.client.ts';
import { Badge, Trouble, WideTable } from '../layout/page-parts.tsx';

type RuleSetList = z.infer<typeof ruleSetListAnswer>;

const AGAIN_MS = 10_000;

/** Every rule set with its rules, the live one first. */
export function RuleSets(): ReactNode {
  const { data, error } = useQuery({
    queryKey: ['rulesets'],
    queryFn: () => askService<RuleSetList>('risk', '/v1/rulesets'),
    refetchInterval: AGAIN_MS,
  });
  return (
    <>
      <Trouble error={error} what="The rule sets" />
      {data === undefined && error === null && <p aria-busy="true">Reading …</p>}
      {data?.data.map((set) => (
        <RuleSetCard key={set.version} set={set} />
      ))}
    </>
  );
}

function RuleSetCard({ set }: { set: RuleSetAnswer }): ReactNode {
  return (
    <section className="card">
      <h2>
        {set.name} <Badge>{set.status}</Badge> <code className="quiet">{set.version.slice(0, 12)}</code>
      </h2>
      {set.description !== null && <p>{set.description}</p>}
      <WideTable label={`Rules of ${set.name} ${set.version.slice(0, 12)}`}>
        <thead>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">When</th>
            <th scope="col">Then</th>
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
            </tr>
          ))}
        </tbody>
      </WideTable>
      <p className="quiet">
        Else {set.default.then} ({set.default.reason}).
      </p>
    </section>
  );
}
