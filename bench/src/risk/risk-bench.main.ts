import { parseArgs } from 'node:util';

import { judgeRisk, judgeRules } from '../report/goals.ts';
import { keepRiskResult, readCommit, readMachine } from '../report/keep-result.ts';
import { toRiskMarkdown } from '../report/risk-tables.ts';
import { measureRules } from '../rules/measure-rules.ts';
import { measureRisk } from './measure-risk.ts';

const USAGE = `usage: npx node bench/dist/risk/risk-bench.main.js [options]

  Rules alone, then the whole service with ten velocities, then a backtest over all that it has decided. The result is kept
  in bench/results/risk-latest.json and in the table of bench/README.md.

  --count N     decisions of each measurement (default 20000)
  --history N   attempts over 30 days before the second measurement (default 1000000); 0 leaves it out
  --help        this text`;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    history: { type: 'string', default: '1000000' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort());

const load = { count: Number(values.count), history: Number(values.history) };
const [machine, date, commit] = [readMachine(), new Date().toISOString(), readCommit()];
const rules = await measureRules();
const measured = await measureRisk(load, interruption.signal);
const goals = [...judgeRisk(measured), ...judgeRules(rules)];
const result = { date, commit, machine, settings: load, ...measured, rules, goals };
console.log(toRiskMarkdown(result));
console.log(`\nkept in ${keepRiskResult(result)} and in the table of bench/README.md`);
// Sockets may still be closing; everything of ours has been stopped.
process.exit(0);
