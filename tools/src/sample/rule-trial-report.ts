import type { BacktestResult, DifferencesAnswer } from '@tollgate/contracts';
import { formatTable } from '@tollgate/platform';

import type { TrialFindings } from './rule-trial.command.ts';

const VERSION_SHOWN = 12;

/** What a person reads about the rules after a sample. `consoleUrl` is where the page is. */
export function formatTrial({ recomputation, candidate }: TrialFindings, consoleUrl: string): string {
  const { decisions, same } = recomputation;
  const again = `Decisions made again from their records: ${same} of ${decisions} the same to the byte`;
  if (candidate === undefined) return again;
  const { version, differences, backtest } = candidate;
  const shown = version.slice(0, VERSION_SHOWN);
  return [
    `A stricter rule set, beside what was decided: ${differences.different} of ${differences.attempts} attempts differ`,
    formatFlips(differences, backtest),
    '',
    'Its rules, by the backtest',
    formatRules(backtest),
    '',
    again,
    `More of it: ${consoleUrl}/rules/shadows and /rules/backtests, or`,
    `  npm run --silent ops -- rulesets differences ${shown}`,
    `  npm run --silent ops -- backtest ${shown} --html page.html`,
    `  npm run --silent ops -- recompute --all`,
  ].join('\n');
}

/** One row a pair of different decisions. The shadow saw them as they came, the backtest reads what was recorded. */
function formatFlips({ decisions: inShadow }: DifferencesAnswer, backtest: BacktestResult | undefined): string {
  const onRecord = backtest?.decisions ?? [];
  const pairs = new Map([...inShadow, ...onRecord].map((pair) => [`${pair.from} ${pair.to}`, pair]));
  const rows = [...pairs.values()]
    .filter(({ from, to }) => from !== to)
    .map(({ from, to, amounts }) => {
      const attemptsOf = (list: ReadonlyArray<{ from: string; to: string; attempts: number }>): string =>
        String(list.find((pair) => pair.from === from && pair.to === to)?.attempts ?? 0);
      return [from, to, attemptsOf(inShadow), backtest === undefined ? 'lost' : attemptsOf(onRecord), sums(amounts)];
    });
  return formatTable(
    [
      { title: 'was' },
      { title: 'would be' },
      { title: 'in the shadow', align: 'right' },
      { title: 'by backtest', align: 'right' },
      { title: 'minor units' },
    ],
    rows,
  );
}

/** The rules that hit, and of how many it is known what became of the attempt: right is to stop what went bad. */
function formatRules(backtest: BacktestResult | undefined): string {
  const rows = (backtest?.rules ?? [])
    .filter(({ hits, errors }) => hits + errors > 0)
    .map(({ rule, then, hits, errors, fate }) => [
      ...[rule, then, String(hits), String(errors)],
      fate.known === 0 ? 'not known' : `${fate.right} of ${fate.known}`,
    ]);
  return formatTable(
    [
      { title: 'rule' },
      { title: 'then' },
      { title: 'hits', align: 'right' },
      { title: 'could not be told', align: 'right' },
      { title: 'right, where the end is known' },
    ],
    rows,
  );
}

function sums(amounts: Readonly<Record<string, string>>): string {
  return Object.entries(amounts)
    .map(([currency, amount]) => `${amount} ${currency}`)
    .join(', ');
}
