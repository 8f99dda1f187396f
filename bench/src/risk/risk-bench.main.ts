import { parseArgs } from 'node:util';

import { type BacktestFigures, measureRisk, type RiskFigures } from './measure-risk.ts';

const USAGE = `usage: node bench/dist/risk/risk-bench.main.js [options]

  --count N     decisions of each measurement (default 20000)
  --history N   attempts over 30 days before the second measurement (default 1000000); 0 leaves it out
  --help        this text`;

/** Decisions a second with ten velocities, and of that on a million attempts of history. */
const WANTED_PER_SECOND = 2_000;
const WANTED_SHARE = 0.9;
const BACKTEST_WANTED = 20_000;

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
const { empty, onHistory, backtest } = await measureRisk(load, interruption.signal);
console.log(`ten velocities, empty tables: ${describe(empty)} (wanted: ${WANTED_PER_SECOND}/s)`);
if (onHistory !== undefined) {
  console.log(`on ${onHistory.history} attempts of history: ${describe(onHistory)}`);
  console.log(`share: ${(onHistory.perSecond / empty.perSecond).toFixed(2)} (wanted: ${WANTED_SHARE})`);
}
console.log(`backtest with PostgreSQL: ${describeBacktest(backtest)} (wanted: ${BACKTEST_WANTED}/s on one core)`);
// Sockets may still be closing; everything of ours has been stopped.
process.exit(0);

function describe({ decisions, perSecond, riskCpuMs, postgresCpuMs, memoryPeakMb }: RiskFigures): string {
  const cpu = `CPU ms a decision: risk ${riskCpuMs.toFixed(2)}, PostgreSQL ${postgresCpuMs.toFixed(2)}`;
  return `${perSecond.toFixed(0)} decisions/s over ${decisions}; ${cpu}; risk at most ${memoryPeakMb.toFixed(0)} MB`;
}

function describeBacktest({ attempts, perSecond, riskCpuMs, postgresCpuMs }: BacktestFigures): string {
  const cpu = `CPU ms an attempt: risk ${riskCpuMs.toFixed(3)}, PostgreSQL ${postgresCpuMs.toFixed(3)}`;
  return `${perSecond} attempts/s over ${attempts}; ${cpu}`;
}
