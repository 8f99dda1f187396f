import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { BacktestAnswer, BacktestInput } from '@tollgate/contracts';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components';
import { explainError, Notice } from '../layout/page-parts.tsx';
import { RANGES, type RangeName, runBacktest, startOf, useRuleSets } from './rules.client.ts';

/** Tries a set on what was decided. */
export function BacktestForm({ onBegun }: { onBegun: (backtest: BacktestAnswer) => void }): ReactNode {
  const client = useQueryClient();
  const { data } = useRuleSets();
  const [version, setVersion] = useState<string>();
  const [range, setRange] = useState<RangeName>('last day');
  const [source, setSource] = useState<BacktestInput['source']>('decisions');
  const run = useMutation({
    mutationFn: runBacktest,
    onSuccess: onBegun,
    onSettled: () => client.invalidateQueries({ queryKey: ['rules', 'backtests'] }),
  });
  const sets = data === undefined ? [] : [...data.shadows, ...data.others, ...data.live];
  const chosen = version ?? sets[0]?.version;
  const begin = (event: FormEvent): void => {
    event.preventDefault();
    if (chosen !== undefined) run.mutate({ version: chosen, from: startOf(range), source });
  };

  return (
    <form className="card" onSubmit={begin} aria-label="A new backtest">
      <div className="actions">
        <label className="choice">
          Try
          <select value={chosen ?? ''} onChange={(event) => setVersion(event.target.value)}>
            {sets.map((set) => (
              <option key={set.version} value={set.version}>
                {set.name} {set.version.slice(0, 12)} ({set.status})
              </option>
            ))}
          </select>
        </label>
        <label className="choice">
          on the
          <select value={range} onChange={(event) => setRange(event.target.value as RangeName)}>
            {Object.keys(RANGES).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="choice">
          with
          <select value={source} onChange={(event) => setSource(event.target.value as BacktestInput['source'])}>
            <option value="decisions">the counts as recorded</option>
            <option value="topic">its velocities counted anew</option>
          </select>
        </label>
        <Button type="submit" className="button primary" isDisabled={chosen === undefined || run.isPending}>
          Run the backtest
        </Button>
      </div>
      {run.error !== null && <Notice kind="bad">It did not begin: {explainError(run.error)}</Notice>}
    </form>
  );
}
