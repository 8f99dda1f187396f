import { runDeadLetters } from './dead-letters/dead-letters.command.ts';
import { runKeys } from './identity/keys.command.ts';
import { runMerchants } from './identity/merchants.command.ts';
import { runPeople } from './identity/people.command.ts';
import { EXIT } from './command-line/exit-code.policy.ts';
import { runCommandLine } from './command-line/run-command-line.command.ts';
import { loadSettingsFile } from './ops.config.ts';
import { runRuleSets } from './rule-sets/rule-sets.command.ts';
import { runBacktest, runRecompute } from './rule-sets/try-rule-sets.command.ts';
import { runTrace } from './trace/trace.command.ts';

const USAGE = `usage: npm run --silent ops -- <command> [options]

  What operators do with a running installation.

  dead-letters list      what could not be handled, grouped by its reason
  dead-letters show      everything about one dead letter
  dead-letters redrive   send dead letters to their consumers again; a dry run unless told otherwise
  dead-letters discard   set dead letters aside for good; a dry run unless told otherwise
  keys make | list | revoke       API keys of merchants and of the platform
  merchants list | set-limits | set-quorum
                         up to where a merchant's word is enough
  people invite-admin | invite | list | role | disable | enable
                         people and what they may do
  rulesets list | show | draft | shadow | differences | propose | promote | retire | rollback | audit
                         what decides about attempts, from draft over the shadow to live
  backtest VERSION       what a rule set would have decided about what was decided
  recompute ATTEMPT      a recorded decision made again; --all for every one
  trace ATTEMPT          one attempt through all services, as one timeline

  Each takes --help. Exit codes: ${EXIT.DONE} done, ${EXIT.FAILED} failed, ${EXIT.USAGE} the command line cannot be understood,
  ${EXIT.NOTHING_FOUND} nothing found, ${EXIT.NOT_SETTLED} sent, and not everything was handled.

  Settings come from the environment or a .env file, else from the installation that "npm start" keeps in .tollgate.`;

// The broker's client sets timers that Node finds negative: harmless, and no news for an operator.
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'TimeoutNegativeWarning') {
    process.stderr.write(`${warning.name}: ${warning.message}\n`);
  }
});
loadSettingsFile();
process.exitCode = await runCommandLine(process.argv.slice(2), USAGE, {
  'dead-letters': runDeadLetters,
  keys: runKeys,
  merchants: runMerchants,
  people: runPeople,
  rulesets: runRuleSets,
  backtest: runBacktest,
  recompute: runRecompute,
  trace: runTrace,
});
