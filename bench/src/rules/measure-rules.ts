import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { candidateOf, snapshotsOf } from './rules-load.ts';
import type { RecordedRow, RiskRules, RulesFigures } from './rules-load.types.ts';

/** Risk's own code as it runs, by its place: the benchmark is built from nothing of the product. */
const RISK = path.resolve(import.meta.dirname, '../../../apps/risk/dist');
const SHIPPED = path.resolve(import.meta.dirname, '../../../config/rulesets/default.yaml');

/** Of the set that is measured. */
const RULES = 50;
const SNAPSHOTS = 1_000;
/** CPU milliseconds of each measurement, after as much that is not counted. */
const MEASURE_MS = 2_000;

const ROW: Omit<RecordedRow, 'attempt_id' | 'features'> = {
  merchant_id: 'shop',
  amount_minor: '4200',
  currency: 'EUR',
  decision: 'APPROVE',
  reason: 'no-rule-matched',
  rule_set: 'default',
  rule_set_version: 'v',
  hits: [],
};

/** Rules alone, without database and broker, in this process: a quarter of a minute. */
export async function measureRules(): Promise<RulesFigures> {
  const rules = await loadRules();
  const snapshots = snapshotsOf(SNAPSHOTS);
  const candidate = rules.parseRuleSet(candidateOf(RULES), 'the benchmark');
  const shipped = rules.parseRuleSet(readFileSync(SHIPPED, 'utf8'), 'the shipped set');
  const rows = snapshots.map((features) => JSON.stringify(features));
  const tally = new rules.BacktestTally(candidate);
  const attemptsPerSecond = perCpuSecond((index) => void rules.evaluate(candidate, snapshots[index]!));
  return {
    rules: RULES,
    attemptsPerSecond,
    shippedAttemptsPerSecond: perCpuSecond((index) => void rules.evaluate(shipped, snapshots[index]!)),
    backtestPerSecond: perCpuSecond((index) => {
      const features = JSON.parse(rows[index]!) as RecordedRow['features'];
      tally.add({ ...ROW, attempt_id: `attempt-${index}`, features }, null);
    }),
  };
}

async function loadRules(): Promise<RiskRules> {
  return {
    ...(await load<Pick<RiskRules, 'parseRuleSet'>>('rule-sets/rule-set.store.js')),
    ...(await load<Pick<RiskRules, 'evaluate'>>('rule-sets/evaluation.policy.js')),
    ...(await load<Pick<RiskRules, 'BacktestTally'>>('backtests/backtest.policy.js')),
  };
}

async function load<Module>(file: string): Promise<Module> {
  return (await import(pathToFileURL(path.join(RISK, file)).href)) as Module;
}

/** Work done in a second of this process's CPU: one core, whatever else the machine does. */
function perCpuSecond(workOf: (index: number) => void): number {
  const run = (): number => {
    const begun = process.cpuUsage();
    let done = 0;
    for (;;) {
      for (let index = 0; index < SNAPSHOTS; index += 1) workOf(index);
      done += SNAPSHOTS;
      const { user, system } = process.cpuUsage(begun);
      if (user + system > MEASURE_MS * 1_000) return (done * 1_000_000) / (user + system);
    }
  };
  run();
  return run();
}
