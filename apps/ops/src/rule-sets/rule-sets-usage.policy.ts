import { SHARED_USAGE } from '../command-line/option-usage.policy.ts';

export const RULE_SETS_USAGE = `usage: npm run --silent ops -- rulesets <command> [options]

  What decides about attempts: rule sets, from draft over the shadow to live.

  list                    every set, newest first
  show VERSION            one set, with its rules
  draft FILE              take a document in (YAML or JSON); nothing is decided by it yet. People only, so --as EMAIL
  shadow VERSION          try it on live traffic: it sees every attempt and decides none
  differences VERSION     where it differs from what was decided; --from, --to
  propose VERSION         ask for it to go live, --as EMAIL
  promote VERSION         put it live: another person, --as EMAIL
  retire VERSION          take a draft or a shadow out of use
  rollback VERSION        leave this live set for the one that it replaced, --as EMAIL
  audit                   who did what, newest first

  VERSION is the beginning of a version, at least 8 digits. Whoever drafts, proposes, promotes or rolls back answers for
  the rules: what these hold back, somebody else reviews.

  --as EMAIL        as this person; the password is that of TOLLGATE_PASSWORD, else of the local installation
  --note TEXT       goes into the record
  --from, --to      of a range of time, ISO 8601; without them the last day
${SHARED_USAGE}`;

export const RECOMPUTE_USAGE = `usage: npm run --silent ops -- recompute <ATTEMPT | --all> [options]

  Makes recorded decisions again, from the features they were made on and the rule set that made them. Exits with 1 when
  one comes out different.

  --all             every decision of a range of time
  --from, --to      that range, ISO 8601; without them the last day
  --merchant ID     whose attempt is meant, should two merchants name the same id; of --all, those of one merchant
${SHARED_USAGE}`;

export const BACKTEST_USAGE = `usage: npm run --silent ops -- backtest VERSION [options]

  Asks a rule set what it would have decided about what was decided, on the features of that time.

  --from, --to      range of time, ISO 8601; without them the last day
  --merchant ID     of one merchant
  --from-topic      on the attempts as they lie on their topic, every velocity counted anew: also such as nobody counted then
  --csv FILE        write every pair of decisions and every rule as CSV
  --html FILE       write a page
${SHARED_USAGE}`;
