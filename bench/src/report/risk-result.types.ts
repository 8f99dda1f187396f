import type { RiskLoad, RiskResult } from '../risk/measure-risk.ts';
import type { RulesFigures } from '../rules/rules-load.types.ts';
import type { Goal, Machine } from './result.types.ts';

/** All that a run of risk's own benchmark found. */
export interface RiskBenchResult extends RiskResult {
  readonly date: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly settings: RiskLoad;
  readonly rules: RulesFigures;
  readonly goals: readonly Goal[];
}
