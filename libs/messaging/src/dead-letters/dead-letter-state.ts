import type { InboxKey } from '../received-event.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { LetterNote } from './letter-note.ts';

/**
 * What has become of a dead letter. `open`: nobody has done anything. `re-driven`: sent again, and its consumer has not
 * handled it yet. `handled`: its event has had its effect. `superseded`: a later letter stands for the same event.
 * `discarded`: an operator has said that it needs none.
 */
export type LetterState = 'open' | 're-driven' | 'handled' | 'superseded' | 'discarded';

/**
 * What a re-drive would bring. `handle`: the handler gets it once more. `refuse`: a service of this version refuses it
 * before its handler. `absorb`: it has had its effect. `conflict`: its id belongs to another event.
 */
export type Forecast = 'handle' | 'refuse' | 'absorb' | 'conflict';

/** What the consumer's inbox says about an event id. */
export interface InboxRow {
  readonly source: string;
  readonly eventId: string;
  readonly eventTime: Date;
  readonly digest: Buffer;
  readonly status: 'done' | 'dead';
}

/** A dead letter with what is known about it now. */
export interface AssessedLetter extends DeadLetter {
  readonly state: LetterState;
  readonly forecast: Forecast;
  /** What an operator did last. */
  readonly note?: LetterNote;
}

/**
 * Tells state and forecast of every letter. Pure.
 * @param rows what the consumer's inbox holds under a letter's key
 * @param notes the newest of each letter, by its id
 */
export function assessLetters(
  letters: readonly DeadLetter[],
  rows: (letter: DeadLetter) => readonly InboxRow[],
  notes: ReadonlyMap<string, LetterNote>,
): AssessedLetter[] {
  const superseded = findSuperseded(letters);
  return letters.map((letter) => {
    // A record without a name of its own is known by where it lay; it lies elsewhere when it is sent again.
    const found = isNameless(letter) ? [] : rows(letter);
    const same = found.find((row) => isSame(letter.inboxKey, row));
    const note = notes.get(letter.id);
    const isDone = same?.status === 'done';
    return {
      ...letter,
      state: isDone ? 'handled' : superseded.has(letter.id) ? 'superseded' : (note?.action ?? 'open'),
      forecast: isDone ? 'absorb' : toForecast(letter, same !== undefined || found.length === 0),
      ...(note === undefined ? {} : { note }),
    };
  });
}

function toForecast({ refusal }: DeadLetter, isOwnId: boolean): Forecast {
  if (!isOwnId) {
    return 'conflict';
  }
  return refusal === undefined ? 'handle' : 'refuse';
}

/** A letter whose event died again, after a re-drive or because its producer sent it once more. */
function findSuperseded(letters: readonly DeadLetter[]): Set<string> {
  const superseded = new Set<string>();
  const newest = new Map<string, DeadLetter>();
  for (const letter of letters.toSorted((one, other) => one.failedAt.getTime() - other.failedAt.getTime())) {
    if (letter.redriveOf?.startsWith(`${letter.consumer}/`) === true) {
      superseded.add(letter.redriveOf);
    }
    const { source, id, time, digest } = letter.inboxKey;
    const event = JSON.stringify([letter.consumer, source, id, time.getTime(), digest.toString('hex')]);
    const earlier = newest.get(event);
    if (earlier !== undefined) {
      superseded.add(earlier.id);
    }
    newest.set(event, letter);
  }
  return superseded;
}

function isNameless({ inboxKey, origin }: DeadLetter): boolean {
  return inboxKey.source === `kafka:${origin.topic}`;
}

function isSame({ time, digest }: InboxKey, row: InboxRow): boolean {
  return row.eventTime.getTime() === time.getTime() && row.digest.equals(digest);
}
