import { readFileSync } from 'node:fs';
import {
  differencesAnswer,
  type RuleSetStep,
  ruleSetAnswer,
  ruleSetAuditListAnswer,
  ruleSetDetailAnswer,
  ruleSetListAnswer,
  ruleSetVersion,
} from '@tollgate/contracts';
import { EXIT, type ExitCode } from '../command-line/exit-code.policy.ts';
import { parseOptions } from '../command-line/options.service.ts';
import { type Command, runCommandLine } from '../command-line/run-command-line.command.ts';
import { UsageError } from '../command-line/usage.errors.ts';
import { readOpsSettings } from '../ops.config.ts';
import { Console } from '../output/console.service.ts';
import { asPerson } from './person-session.service.ts';
import { RiskClient, tellingRefusals } from './risk.client.ts';
import { reportAudit, reportFigures, reportRuleSet, reportRuleSets } from './rule-sets-report.service.ts';
import { RULE_SETS_USAGE } from './rule-sets-usage.policy.ts';

const OPTIONS = {
  as: { type: 'string' },
  note: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
} as const;

type Words = ReturnType<typeof parseOptions<typeof OPTIONS>>;

/** An answer as data, and as a person reads it. */
interface Report {
  readonly data: unknown;
  readonly text: string;
}

/** `ops rulesets …` */
export function runRuleSets(args: readonly string[]): Promise<ExitCode> {
  return runCommandLine(args, RULE_SETS_USAGE, {
    list: command(listSets),
    show: command(showSet),
    draft: byPerson(draftSet),
    shadow: command(stepTo('shadow')),
    propose: byPerson(stepTo('propose')),
    promote: byPerson(stepTo('promote')),
    retire: command(stepTo('retire')),
    rollback: byPerson(rollBack),
    differences: command(tellDifferences),
    audit: command(tellAudit),
  });
}

/** Reads the words, asks as the operator or as the person of `--as`, and tells the answer. */
function command(work: (risk: RiskClient, words: Words) => Promise<Report>): Command {
  return async (args) => {
    const words = parseOptions(args, OPTIONS);
    const out = new Console();
    if (words.values.help) {
      out.say(RULE_SETS_USAGE);
      return EXIT.DONE;
    }
    const settings = readOpsSettings(words.values['data-dir']);
    const ask = (key: () => string): Promise<Report> => work(new RiskClient(settings.urls.risk, key), words);
    return tellingRefusals(out, async () => {
      const { as } = words.values;
      const { data, text } = await (as === undefined
        ? ask(settings.operatorToken)
        : asPerson(settings, as, (secret) => ask(() => secret)));
      if (words.values.json) out.json(data);
      else out.say(text);
      return EXIT.DONE;
    });
  };
}

/** A command that risk takes from people alone: without one it is not asked. */
function byPerson(work: (risk: RiskClient, words: Words) => Promise<Report>): Command {
  return command((risk, words) => {
    if (words.values.as === undefined) throw new UsageError(`say who you are: --as EMAIL\n\n${RULE_SETS_USAGE}`);
    return work(risk, words);
  });
}

async function listSets(risk: RiskClient): Promise<Report> {
  const { data } = await risk.get('/v1/rulesets?limit=100', ruleSetListAnswer);
  return { data, text: reportRuleSets(data) };
}

async function showSet(risk: RiskClient, words: Words): Promise<Report> {
  const data = await risk.get(`/v1/rulesets/${versionOf(words)}`, ruleSetDetailAnswer);
  return { data, text: reportRuleSet(data) };
}

async function draftSet(risk: RiskClient, { values, positionals }: Words): Promise<Report> {
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new UsageError(`name one file\n\n${RULE_SETS_USAGE}`);
  const document = readDocument(file);
  const body = { document, ...(values.note === undefined ? {} : { note: values.note }) };
  const data = await risk.post('/v1/rulesets', ruleSetAnswer, body);
  return { data, text: reportRuleSets([data]) };
}

function stepTo(step: RuleSetStep) {
  return async (risk: RiskClient, words: Words): Promise<Report> => {
    const data = await risk.post(`/v1/rulesets/${versionOf(words)}/${step}`, ruleSetAnswer, noteOf(words));
    return { data, text: reportRuleSets([data]) };
  };
}

async function rollBack(risk: RiskClient, words: Words): Promise<Report> {
  const data = await risk.post('/v1/rulesets/rollback', ruleSetAnswer, { from: versionOf(words), ...noteOf(words) });
  return { data, text: reportRuleSets([data]) };
}

async function tellDifferences(risk: RiskClient, words: Words): Promise<Report> {
  const path = `/v1/rulesets/${versionOf(words)}/differences?${toQuery(rangeOf(words.values))}`;
  const data = await risk.get(path, differencesAnswer);
  return { data, text: reportFigures(data) };
}

async function tellAudit(risk: RiskClient): Promise<Report> {
  const { data } = await risk.get('/v1/rulesets/audit?limit=100', ruleSetAuditListAnswer);
  return { data, text: reportAudit(data) };
}

/** `from` and `to`, those that were given. */
export function rangeOf({ from, to }: { from?: string | undefined; to?: string | undefined }): Record<string, string> {
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

export function toQuery(fields: Readonly<Record<string, string>>): string {
  return new URLSearchParams(fields).toString();
}

function versionOf({ positionals }: Words): string {
  const [version] = positionals;
  if (positionals.length !== 1 || !ruleSetVersion.safeParse(version).success) {
    throw new UsageError(`name one version, by at least 8 digits of its beginning\n\n${RULE_SETS_USAGE}`);
  }
  return version!;
}

function noteOf({ values }: Words): { note?: string } {
  return values.note === undefined ? {} : { note: values.note };
}

/** @throws UsageError where there is no such file */
function readDocument(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read`, { cause });
  }
}
