import { type AssessedLetter, DeadLetterBox } from '@tollgate/messaging';
import { Log } from '@tollgate/platform';
import { EXIT, type ExitCode } from '../command-line/exit-code.policy.ts';
import { parseOptions } from '../command-line/options.service.ts';
import { runCommandLine } from '../command-line/run-command-line.command.ts';
import { UsageError } from '../command-line/usage.errors.ts';
import { type OpsSettings, readOpsSettings } from '../ops.config.ts';
import { Console } from '../output/console.service.ts';
import {
  DEAD_LETTERS_USAGE,
  DISCARD_USAGE,
  LIST_USAGE,
  REDRIVE_USAGE,
  SHOW_USAGE,
} from './dead-letters-usage.policy.ts';
import { chooseLetters, isNarrowed, type LetterChoice, parseSince, planRedrive } from './letter-choice.policy.ts';
import { count, reportEach, reportGroups, reportLetter, reportPlan } from './letter-report.service.ts';
import { RedriveLettersHandler, type RedriveResult } from './redrive-letters.handler.ts';

const FILTERS = {
  topic: { type: 'string' },
  consumer: { type: 'string' },
  code: { type: 'string' },
  since: { type: 'string' },
} as const;
const WAIT_SECONDS_DEFAULT = '15';
const out = new Console();

/** `ops dead-letters …` */
export function runDeadLetters(args: readonly string[]): Promise<ExitCode> {
  return runCommandLine(args, DEAD_LETTERS_USAGE, { list, show, redrive, discard });
}

async function list(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    ...FILTERS,
    all: { type: 'boolean', default: false },
    each: { type: 'boolean', default: false },
  });
  if (values.help) return tell(LIST_USAGE);
  const choice = toChoice(values, positionals);
  return withBox(values['data-dir'], async (box) => {
    const known = await box.list();
    const letters = chooseLetters(known, choice, { all: values.all });
    const waiting = known.filter(({ state }) => state === 're-driven').length;
    if (waiting > 0) out.remark(`${count(waiting, 're-driven letter')} not handled yet: is the consumer running?`);
    if (values.json) out.json(letters.map(toJson));
    else if (letters.length === 0) out.say(`no ${values.all ? '' : 'open '}dead letters`);
    else out.say(values.each ? reportEach(letters) : reportGroups(letters));
    return letters.length === 0 ? EXIT.NOTHING_FOUND : EXIT.DONE;
  });
}

async function show(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {});
  if (values.help) return tell(SHOW_USAGE);
  const [id] = positionals;
  if (id === undefined || positionals.length > 1) throw new UsageError(`name one dead letter\n\n${SHOW_USAGE}`);
  return withBox(values['data-dir'], async (box) => {
    const letter = (await box.list()).find((each) => each.id === id);
    const opened = letter === undefined ? undefined : await box.find(id);
    if (letter === undefined || opened === undefined) return missing([id]);
    if (values.json) {
      const { headers, value } = opened;
      out.json({ ...toJson(letter), headers, value: value?.toString('utf8') ?? null });
    } else out.say(reportLetter(letter, opened));
    return EXIT.DONE;
  });
}

async function redrive(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    ...FILTERS,
    execute: { type: 'boolean', default: false },
    every: { type: 'boolean', default: false },
    'refused-too': { type: 'boolean', default: false },
    wait: { type: 'string', default: WAIT_SECONDS_DEFAULT },
    by: { type: 'string' },
  });
  if (values.help) return tell(REDRIVE_USAGE);
  const choice = toChoice(values, positionals);
  const waitMs = parseSeconds(values.wait) * 1_000;
  assertMeant(choice, values);
  return withBox(values['data-dir'], async (box, settings) => {
    const letters = chooseLetters(await box.list(), choice);
    if (letters.length === 0 || letters.length < choice.ids.length) return missing(choice.ids, letters);
    const plan = planRedrive(letters, { refusedToo: values['refused-too'] });
    if (!values.execute) {
      const told = { dryRun: true, send: plan.send.map(toJson), leave: plan.leave.map(toJson) };
      if (values.json) out.json(told);
      else out.say(`dry run, nothing is sent; --execute does it\n\n${reportPlan(plan)}`);
      return EXIT.DONE;
    }
    if (!values.json) out.say(reportPlan(plan));
    if (plan.send.length === 0) {
      if (values.json) out.json({ dryRun: false, sent: 0, left: plan.leave.length });
      return EXIT.DONE;
    }
    const onProgress = (text: string): void => out.progress(text);
    const by = values.by ?? settings.operator;
    const result = await new RedriveLettersHandler(box).redrive(plan.send, { by, waitMs, onProgress });
    if (values.json) out.json({ dryRun: false, ...result, left: plan.leave.length });
    else out.say(reportResult(result));
    return result.handled === plan.send.length || (waitMs === 0 && result.refused.length === 0)
      ? EXIT.DONE
      : EXIT.NOT_SETTLED;
  });
}

async function discard(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {
    ...FILTERS,
    execute: { type: 'boolean', default: false },
    every: { type: 'boolean', default: false },
    reason: { type: 'string' },
    by: { type: 'string' },
  });
  if (values.help) return tell(DISCARD_USAGE);
  const { reason } = values;
  if (reason === undefined || reason.trim() === '') throw new UsageError(`say why with --reason\n\n${DISCARD_USAGE}`);
  const choice = toChoice(values, positionals);
  assertMeant(choice, values);
  return withBox(values['data-dir'], async (box, settings) => {
    const letters = chooseLetters(await box.list(), choice);
    if (letters.length === 0 || letters.length < choice.ids.length) return missing(choice.ids, letters);
    const by = values.by ?? settings.operator;
    if (values.execute)
      await box.discard(
        letters.map(({ id }) => id),
        { by, reason },
      );
    if (values.json) out.json({ dryRun: !values.execute, by, reason, letters: letters.map(toJson) });
    else {
      out.say(reportGroups(letters));
      const what = count(letters.length, 'letter');
      out.say(values.execute ? `\ndiscarded ${what}` : `\ndry run: ${what} would be discarded; --execute does it`);
    }
    return EXIT.DONE;
  });
}

async function withBox(
  dataDir: string,
  work: (box: DeadLetterBox, settings: OpsSettings) => Promise<ExitCode>,
): Promise<ExitCode> {
  const settings = readOpsSettings(dataDir);
  const log = Log.create({ service: 'ops', level: 'silent' });
  const box = await DeadLetterBox.open({ settings: settings.messaging, inboxOf: settings.inboxOf, log });
  try {
    return await work(box, settings);
  } finally {
    await box.close();
  }
}

function toChoice(
  values: { topic?: string; consumer?: string; code?: string; since?: string },
  ids: readonly string[],
): LetterChoice {
  const { topic, consumer, code, since } = values;
  return {
    ids: [...new Set(ids)],
    topic,
    consumer,
    code,
    since: since === undefined ? undefined : parseSince(since, new Date()),
  };
}

/** What changes something is never meant by leaving words out. @throws UsageError */
function assertMeant(choice: LetterChoice, { execute, every }: { execute: boolean; every: boolean }): void {
  if (execute && !every && !isNarrowed(choice)) {
    throw new UsageError('name dead letters, narrow them with a filter, or say --every for all open ones');
  }
}

function parseSeconds(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new UsageError(`--wait takes whole seconds, not "${text}"`);
}

function missing(ids: readonly string[], found: readonly AssessedLetter[] = []): ExitCode {
  const known = new Set(found.map(({ id }) => id));
  const unknown = ids.filter((id) => !known.has(id));
  out.remark(unknown.length === 0 ? 'no open dead letter fits' : `no such dead letter: ${unknown.join(', ')}`);
  return EXIT.NOTHING_FOUND;
}

function tell(usage: string): ExitCode {
  out.say(usage);
  return EXIT.DONE;
}

function reportResult({ sent, handled, diedAgain, pending, refused }: RedriveResult): string {
  const parts = [
    `sent ${count(sent, 'letter')}: ${handled} handled`,
    ...(diedAgain === 0 ? [] : [`${diedAgain} died again`]),
    ...(pending === 0 ? [] : [`${pending} not handled yet`]),
  ];
  return ['', parts.join(', '), ...refused.map(({ id, reason }) => `not sent: ${id}: ${reason}`)].join('\n');
}

function toJson({ inboxKey: _key, ...letter }: AssessedLetter): Omit<AssessedLetter, 'inboxKey'> {
  return letter;
}
