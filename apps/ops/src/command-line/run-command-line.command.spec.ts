import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { KnownError } from '@tollgate/contracts';
import { runKeys } from '../identity/keys.command.ts';
import { runMerchants } from '../identity/merchants.command.ts';
import { runPeople } from '../identity/people.command.ts';
import { runDeadLetters } from '../dead-letters/dead-letters.command.ts';
import { runRuleSets } from '../rule-sets/rule-sets.command.ts';
import { runBacktest, runRecompute } from '../rule-sets/try-rule-sets.command.ts';
import { runTrace } from '../trace/trace.command.ts';
import { runCommandLine } from './run-command-line.command.ts';

let answer: string;
let remarks: string;

beforeEach(() => {
  answer = '';
  remarks = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((answer += String(text))));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((remarks += String(text))));
});

const run = (...args: string[]) =>
  runCommandLine(args, 'usage: ops', {
    'dead-letters': runDeadLetters,
    keys: runKeys,
    merchants: runMerchants,
    people: runPeople,
    rulesets: runRuleSets,
    backtest: runBacktest,
    recompute: runRecompute,
    trace: runTrace,
  });

describe('the command line', () => {
  it.each([
    ['nothing', [], 'usage: ops'],
    ['no command', ['nonsense'], 'there is no command "nonsense"'],
    ['a name that every object has', ['toString'], 'there is no command'],
    ['no command below', ['dead-letters', 'nonsense'], 'there is no command "nonsense"'],
    ['no option', ['dead-letters', 'list', '--nonsense'], '--nonsense'],
    ['no moment', ['dead-letters', 'list', '--since', 'yesterday'], '--since takes'],
    ['nothing chosen to be sent', ['dead-letters', 'redrive', '--execute'], '--every'],
    ['no time to wait', ['dead-letters', 'redrive', '--wait', 'long'], '--wait takes whole seconds'],
    ['no reason', ['dead-letters', 'discard'], '--reason'],
    ['no letter', ['dead-letters', 'show'], 'name one dead letter'],
    ['no purpose of a key', ['keys', 'make', '--merchant', 'shop'], '--name'],
    ['no scope', ['keys', 'make', '--name', 'x', '--scopes', 'everything'], 'there is no scope everything'],
    ['no days', ['keys', 'make', '--name', 'x', '--days', '0'], '--days takes whole days'],
    ['no key', ['keys', 'revoke'], 'name one key'],
    ['no merchant', ['merchants', 'set-quorum', '--none'], 'name one merchant'],
    ['no kind of command', ['merchants', 'set-limits', 'shop', 'everything', '--none'], 'say which kind'],
    ['no limit', ['merchants', 'set-limits', 'shop', 'refund'], 'or --none'],
    ['a limit and none', ['merchants', 'set-limits', 'shop', 'refund', '--none', '--per-hour', '1'], 'or --none'],
    ['no person', ['people', 'invite', '--role', 'viewer'], 'name one person'],
    ['no e-mail address', ['people', 'disable', 'ann'], 'name one person'],
    ['no role', ['people', 'invite', 'ann@shop.test'], 'say which role'],
    ['a role that there is not', ['people', 'role', 'ann@shop.test', 'boss'], 'say which role'],
    ['no rule set', ['rulesets', 'show', 'abc'], 'name one version'],
    ['no author of a rule set', ['rulesets', 'draft', 'rules.yaml'], 'say who you are: --as EMAIL'],
    ['no person behind a rollback', ['rulesets', 'rollback', '01234567'], 'say who you are: --as EMAIL'],
    ['no candidate', ['backtest'], 'name one version'],
    ['no decision', ['recompute', '17'], 'name one attempt'],
    ['no attempt', ['trace'], 'name one attempt'],
    ['no attempt id', ['trace', '17'], 'those are UUIDs'],
  ])('exits with 2 for %s, and says so beside the answer', async (_what, args, remark) => {
    expect(await run(...args)).toBe(2);
    expect(remarks).toContain(remark);
    expect(answer).toBe('');
  });

  it.each([
    [['--help']],
    [['dead-letters', '--help']],
    ...['list', 'show', 'redrive', 'discard'].map((name) => [['dead-letters', name, '--help']]),
    [['keys', '--help']],
    ...['make', 'list', 'revoke'].map((name) => [['keys', name, '--help']]),
    [['people', '--help']],
    ...['invite-admin', 'invite', 'list', 'role', 'disable', 'enable'].map((name) => [['people', name, '--help']]),
    [['rulesets', 'list', '--help']],
    [['backtest', '--help']],
    [['recompute', '--help']],
    [['trace', '--help']],
  ])('has help at every level: %j', async (args) => {
    expect(await run(...args)).toBe(0);
    expect(answer).toContain('usage:');
    expect(remarks).toBe('');
  });

  it('exits with 1 for what failed, in words and without a stack', async () => {
    const failing = { fail: () => Promise.reject(new KnownError('BROKER_UNAVAILABLE', { detail: 'nobody there' })) };
    expect(await runCommandLine(['fail'], '', failing)).toBe(1);
    expect(remarks).toBe('nobody there\n');
  });
});
