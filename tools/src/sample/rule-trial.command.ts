import type { BacktestResult, DifferencesAnswer, RecomputationAnswer } from '@tollgate/contracts';

import type { Narrator } from '../launcher/narrator.ts';
import type { CheckedInvariant } from './invariants.policy.ts';
import type { RulesClient } from './rules-client.ts';
import { toStricter } from './stricter-rules.policy.ts';

/** A candidate that sees the sample's attempts and decides none. */
export interface RuleTrial {
  /** RFC 3339: no attempt of the sample was decided before. */
  readonly from: string;
  /** Absent where no candidate could be tried. */
  readonly version: string | undefined;
}

/** What came of a trial. */
export interface TrialFindings {
  readonly recomputation: RecomputationAnswer;
  /** Of the candidate. */
  readonly candidate?: {
    readonly version: string;
    readonly differences: DifferencesAnswer;
    /** Absent where the backtest was lost with its process. */
    readonly backtest: BacktestResult | undefined;
  };
}

/** Before the first checkout: puts a rule set that is stricter than the live one into the shadow. @throws UnexpectedAnswer */
export async function beginTrial(rules: RulesClient, narrator: Narrator): Promise<RuleTrial> {
  const stricter = toStricter(await rules.liveDocument());
  const version = stricter === undefined ? undefined : await rules.tryInShadow(stricter);
  narrator.say(
    version === undefined
      ? '  no stricter rule set is tried: nobody drafts here, there is no room in the shadow, or it is live'
      : `✓ a stricter rule set is in the shadow: it sees every checkout and decides none (${version.slice(0, 12)})`,
  );
  return { from: new Date().toISOString(), version };
}

/** After the last one: what the candidate would have done, and every decision made again. @throws UnexpectedAnswer */
export async function endTrial(rules: RulesClient, { from, version }: RuleTrial): Promise<TrialFindings> {
  const recomputation = await rules.recompute(from);
  if (version === undefined) return { recomputation };
  const differences = await rules.differences(version, from);
  const { result } = await rules.backtest(version, from);
  return { recomputation, candidate: { version, differences, backtest: result ?? undefined } };
}

/** A decision that comes out otherwise from its own record is one that nobody can explain. */
export function checkRecomputation({ different, unknownVersion, examples }: RecomputationAnswer): CheckedInvariant {
  return {
    name: 'I11',
    promise: 'every decision of the rules, made again from its record, is the same to the byte',
    violations: [
      ...(different === 0 ? [] : [`${different} came out otherwise, among them ${examples.join(', ')}`]),
      ...(unknownVersion === 0 ? [] : [`${unknownVersion} were made by rule sets that are not kept`]),
    ],
  };
}
