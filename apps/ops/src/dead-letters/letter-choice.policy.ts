import type { AssessedLetter, Forecast } from '@tollgate/messaging';
import { UsageError } from '../command-line/usage.errors.ts';

/** Which letters are meant; what is absent does not restrict. */
export interface LetterChoice {
  /** These, whatever their state. */
  readonly ids: readonly string[];
  /** With or without the prefix and the version: `attempts`, `attempts.v1`, `tollgate.attempts.v1`. */
  readonly topic?: string | undefined;
  readonly consumer?: string | undefined;
  readonly code?: string | undefined;
  readonly since?: Date | undefined;
}

/** Letters that died of the same, at the same place. */
export interface LetterGroup {
  readonly topic: string;
  readonly consumer: string;
  readonly code: string;
  readonly reason: string;
  readonly letters: readonly AssessedLetter[];
  readonly oldest: Date;
  readonly newest: Date;
  readonly forecasts: Readonly<Partial<Record<Forecast, number>>>;
}

/** What a re-drive does with each letter. */
export interface RedrivePlan {
  readonly send: readonly AssessedLetter[];
  /** Sending them would bring nothing, or one more dead letter. */
  readonly leave: readonly AssessedLetter[];
}

/** True when something restricts the choice. */
export function isNarrowed({ ids, topic, consumer, code, since }: LetterChoice): boolean {
  return ids.length > 0 || [topic, consumer, code, since].some((each) => each !== undefined);
}

/** Letters named by id whatever their state; else those that fit, of which only the open ones unless `all`. */
export function chooseLetters(
  letters: readonly AssessedLetter[],
  choice: LetterChoice,
  { all = false }: { all?: boolean } = {},
): AssessedLetter[] {
  const ids = new Set(choice.ids);
  const fits = (letter: AssessedLetter): boolean =>
    (choice.topic === undefined || isTopic(letter.origin.topic, choice.topic)) &&
    (choice.consumer === undefined || letter.consumer === choice.consumer) &&
    (choice.code === undefined || letter.code === choice.code) &&
    (choice.since === undefined || letter.failedAt >= choice.since);
  return ids.size > 0
    ? letters.filter(({ id }) => ids.has(id))
    : letters.filter((letter) => (all || letter.state === 'open') && fits(letter));
}

/** Only what is sure to be of use is sent; what this version refuses only on request. */
export function planRedrive(letters: readonly AssessedLetter[], { refusedToo = false } = {}): RedrivePlan {
  const isUseful = ({ forecast }: AssessedLetter): boolean =>
    forecast === 'handle' || (forecast === 'refuse' && refusedToo);
  return { send: letters.filter(isUseful), leave: letters.filter((letter) => !isUseful(letter)) };
}

/** By topic, consumer, code and reason; the largest group first. */
export function groupLetters(letters: readonly AssessedLetter[]): LetterGroup[] {
  const groups = Map.groupBy(letters, ({ origin, consumer, code, reason }) =>
    JSON.stringify([origin.topic, consumer, code, reason.message]),
  );
  return [...groups.values()]
    .map((ofGroup): LetterGroup => {
      const times = ofGroup.map(({ failedAt }) => failedAt.getTime());
      const first = ofGroup[0]!;
      return {
        topic: first.origin.topic,
        consumer: first.consumer,
        code: first.code,
        reason: first.reason.message,
        letters: ofGroup,
        oldest: new Date(times.reduce((one, other) => Math.min(one, other))),
        newest: new Date(times.reduce((one, other) => Math.max(one, other))),
        forecasts: countForecasts(ofGroup),
      };
    })
    .toSorted((one, other) => other.letters.length - one.letters.length);
}

/**
 * A moment: `90s`, `30m`, `2h` or `3d` ago, or an ISO date.
 * @throws UsageError
 */
export function parseSince(text: string, now: Date): Date {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const lengthsMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const since =
    count !== undefined && unit !== undefined
      ? new Date(now.getTime() - Number(count) * (lengthsMs[unit] ?? 0))
      : new Date(/^\d{4}-\d\d-\d\d/.test(text) ? text : Number.NaN);
  if (Number.isNaN(since.getTime())) {
    throw new UsageError(`--since takes 90s, 30m, 2h, 3d or a date like 2026-11-21T09:00:00Z, not "${text}"`);
  }
  return since;
}

function countForecasts(letters: readonly AssessedLetter[]): Partial<Record<Forecast, number>> {
  const counts: Partial<Record<Forecast, number>> = {};
  for (const { forecast } of letters) {
    counts[forecast] = (counts[forecast] ?? 0) + 1;
  }
  return counts;
}

function isTopic(fullName: string, asked: string): boolean {
  return fullName === asked || fullName.endsWith(`.${asked}`) || fullName.endsWith(`.${asked}.v1`);
}
