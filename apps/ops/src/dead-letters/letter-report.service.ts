import type { AssessedLetter, Forecast, OpenedLetter } from '@tollgate/messaging';
import { formatTable } from '@tollgate/platform';
import { formatTime, shorten, toPrintable } from '../output/printable-text.policy.ts';
import { groupLetters, type LetterGroup, type RedrivePlan } from './letter-choice.policy.ts';

const REASON_LENGTH_MAX = 48;
const VALUE_LENGTH_MAX = 20_000;
const SAMPLES_MAX = 3;

const FORECASTS: Readonly<Record<Forecast, string>> = {
  handle: 'handled',
  refuse: 'refused again',
  absorb: 'absorbed',
  conflict: 'a conflict again',
};

const FORECAST_SENTENCES: Readonly<Record<Forecast, string>> = {
  handle: 'its handler gets the record once more, and it takes effect once',
  refuse: 'refused before any handler sees it, by services of this version',
  absorb: 'nothing: it has had its effect',
  conflict: 'a dead letter again: the id belongs to another event that has had its effect',
};

/** The letters by their reasons, as a table, with ids to go on with. */
export function reportGroups(letters: readonly AssessedLetter[]): string {
  const groups = groupLetters(letters);
  return [
    formatTable(
      [
        { title: 'letters', align: 'right' },
        { title: 'consumer' },
        { title: 'topic' },
        { title: 'code' },
        { title: 'reason' },
        { title: 'oldest' },
        { title: 'newest' },
        { title: 'on re-drive' },
      ],
      groups.map((group) => [
        String(group.letters.length),
        group.consumer,
        group.topic,
        group.code,
        shorten(group.reason, REASON_LENGTH_MAX),
        formatTime(group.oldest),
        formatTime(group.newest),
        describeForecasts(group.forecasts),
      ]),
    ),
    '',
    ...groups.map((group) => `  ${group.consumer} ${group.code}, for example: ${sampleIds(group)}`),
  ].join('\n');
}

/** A row for each letter. */
export function reportEach(letters: readonly AssessedLetter[]): string {
  return formatTable(
    [
      { title: 'id' },
      { title: 'code' },
      { title: 'died', align: 'right' },
      { title: 'last' },
      { title: 'state' },
      { title: 'on re-drive' },
      { title: 'key' },
    ],
    letters.map((letter) => [
      letter.id,
      letter.code,
      `${letter.count}×`,
      formatTime(letter.failedAt),
      letter.state,
      FORECASTS[letter.forecast],
      shorten(letter.key ?? '', REASON_LENGTH_MAX),
    ]),
  );
}

/** Everything about one letter. */
export function reportLetter(letter: AssessedLetter, { headers, value }: OpenedLetter): string {
  const facts = letter.reason.facts === undefined ? '' : ` ${JSON.stringify(letter.reason.facts)}`;
  const { topic, partition, offset } = letter.origin;
  const rows: ReadonlyArray<readonly [string, string | undefined]> = [
    ['id', letter.id],
    ['state', letter.state],
    ['note', describeNote(letter)],
    ['consumer', letter.consumer],
    ['origin', `${topic}, partition ${partition}, offset ${offset}`],
    ['code', letter.code],
    ['reason', `${letter.reason.message}${facts}`],
    ['stack', letter.stack.join('\n')],
    ['died', `${letter.count}×, last at ${formatTime(letter.failedAt)}`],
    ['received', formatTime(letter.receivedAt)],
    ['re-driven as', letter.redriveOf],
    ['trace', letter.traceparent?.split('-')[1]],
    ['key', letter.key ?? 'none'],
    ['a re-drive', describeForecast(letter)],
  ];
  const lines = rows.flatMap(([name, text]) => (text ? [`  ${name.padEnd(14)}${indent(toPrintable(text), 16)}`] : []));
  const own = Object.entries(headers).filter(([name]) => !name.startsWith('tollgate-dead-letter-'));
  return [
    ...lines,
    '',
    own.length === 0 ? '  no headers of its own' : '  headers',
    ...own.map(([name, text]) => `    ${toPrintable(name).padEnd(24)}${shorten(text, 200)}`),
    '',
    `  value, ${letter.valueBytes} bytes`,
    `    ${indent(prettyValue(value), 4)}`,
  ].join('\n');
}

/** What a re-drive would do, before it is done. */
export function reportPlan({ send, leave }: RedrivePlan): string {
  const left = leave.length === 0 ? '' : `\n\n  Left alone, ${count(leave.length, 'letter')}:\n${reportReasons(leave)}`;
  const sent =
    send.length === 0 ? '  Nothing to send.' : `  To be sent, ${count(send.length, 'letter')}:\n${reportGroups(send)}`;
  return `${sent}${left}`;
}

/** `3 letters` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function reportReasons(letters: readonly AssessedLetter[]): string {
  const byForecast = Map.groupBy(letters, ({ forecast }) => forecast);
  return [...byForecast]
    .map(([forecast, ofForecast]) => `    ${ofForecast.length} × ${FORECAST_SENTENCES[forecast]}`)
    .join('\n');
}

function describeForecasts(counts: LetterGroup['forecasts']): string {
  const parts = Object.entries(counts) as ReadonlyArray<[Forecast, number]>;
  return parts.map(([forecast, number]) => `${number} ${FORECASTS[forecast]}`).join(', ');
}

function describeForecast({ forecast, refusal }: AssessedLetter): string {
  const why = forecast === 'refuse' && refusal !== undefined ? ` (${refusal.code})` : '';
  return `${FORECAST_SENTENCES[forecast]}${why}`;
}

function describeNote({ note }: AssessedLetter): string | undefined {
  if (note === undefined) {
    return undefined;
  }
  const why = note.reason === undefined ? '' : `: ${note.reason}`;
  return `${note.action} by ${note.by} at ${formatTime(new Date(note.at))}${why}`;
}

function sampleIds({ letters }: LetterGroup): string {
  const ids = letters.slice(0, SAMPLES_MAX).map(({ id }) => id);
  return `${ids.join('  ')}${letters.length > SAMPLES_MAX ? '  …' : ''}`;
}

function prettyValue(value: Buffer | null): string {
  if (value === null) {
    return 'none';
  }
  const text = value.toString('utf8');
  try {
    return cut(toPrintable(JSON.stringify(JSON.parse(text), undefined, 2)));
  } catch {
    return cut(toPrintable(text));
  }
}

function cut(text: string): string {
  return text.length <= VALUE_LENGTH_MAX ? text : `${text.slice(0, VALUE_LENGTH_MAX)}…\n(cut; --json shows all of it)`;
}

function indent(text: string, columns: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(columns)}`);
}
