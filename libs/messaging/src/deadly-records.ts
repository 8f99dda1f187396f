import type { Database } from '@tollgate/persistence';
import { failpoint } from '@tollgate/platform';
import { DEADLY_TRIES_MAX } from './messaging.config.ts';
import { clearInHand, markInHand, selectInHand, unmarkInHand } from './sql/in-hand.sql.ts';

/**
 * After an assignment partitions are watched for this long: a record that has just killed a process is read at once by
 * the next one. Milliseconds.
 */
const WATCH_MS = 30_000;

/** A partition of a topic. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** A range of a partition that is about to be handled, and how many tries at it have not been outlived. */
interface Mark {
  readonly firstOffset: bigint;
  readonly lastOffset: bigint;
  readonly isolateUntil: bigint;
  readonly tries: number;
}

interface Watch {
  /** What the last process had in hand when it died, if it died. */
  before?: Mark;
  /** What this process has noted last. */
  noted?: Mark;
  marked: boolean;
}

interface InHandRow {
  topic: string;
  partition: number;
  first_offset: bigint;
  last_offset: bigint;
  isolate_until: bigint;
  tries: number;
}

/**
 * Finds the record that kills the process. A try that ends with the process leaves no trace in its own transaction, so
 * it is counted outside: while a partition is freshly assigned, what is in hand is noted before it is handled. A range
 * that was in hand at several deaths is handled one record at a time, and a record that was alone in hand at several
 * deaths is dead-lettered unhandled. In the steady state this costs nothing.
 */
export class DeadlyRecords {
  readonly #watches = new Map<string, Watch>();
  readonly #unnoted: Array<Place & Mark> = [];
  #noting: Promise<void> | undefined;
  #endsAtMs: number;
  #loaded: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly consumer: string,
    private readonly clock: () => number = Date.now,
  ) {
    this.#endsAtMs = clock() + WATCH_MS;
  }

  /** The group has a new generation: every partition is watched anew. */
  reset(): void {
    this.#watches.clear();
    this.#loaded = undefined;
    this.#endsAtMs = this.clock() + WATCH_MS;
  }

  /** Undefined: handle together. Else: handle one at a time, alone in the process, up to and with this offset. */
  async isolateUntil(place: Place, firstOffset: bigint): Promise<bigint | undefined> {
    const { before } = await this.#watch(place);
    const single = before?.firstOffset === before?.lastOffset;
    const suspicious = before !== undefined && (before.tries >= DEADLY_TRIES_MAX || single);
    return suspicious && firstOffset <= before.isolateUntil ? before.isolateUntil : undefined;
  }

  /**
   * Notes a range, or one record, as in hand.
   * @returns false when this single record was alone in hand at too many deaths: it must not be handled again
   */
  async take(
    place: Place,
    range: { firstOffset: bigint; lastOffset: bigint; isolateUntil?: bigint },
  ): Promise<boolean> {
    const watch = await this.#watch(place);
    if (this.clock() > this.#endsAtMs && watch.before === undefined) {
      await this.#clear(place, watch);
      return true;
    }
    const { firstOffset, lastOffset, isolateUntil = lastOffset } = range;
    const alone = firstOffset === lastOffset;
    const earlier = watch.before;
    const sameKind = earlier !== undefined && (earlier.firstOffset === earlier.lastOffset) === alone;
    const overlaps = earlier !== undefined && firstOffset <= earlier.lastOffset && lastOffset >= earlier.firstOffset;
    const tries = sameKind && overlaps ? earlier.tries + 1 : 1;
    if (alone && range.isolateUntil !== undefined && tries > DEADLY_TRIES_MAX) {
      return false;
    }
    const noted = { firstOffset, lastOffset, isolateUntil, tries };
    await this.#note({ ...place, ...noted });
    failpoint('in-hand.after-mark');
    watch.noted = noted;
    watch.marked = true;
    return true;
  }

  /** The range is done: whatever was suspected up to its end is innocent. */
  async done(place: Place, lastOffset: bigint): Promise<void> {
    const watch = await this.#watch(place);
    if (watch.before !== undefined && lastOffset >= watch.before.isolateUntil) {
      delete watch.before;
      await this.#clear(place, watch);
    }
  }

  /**
   * The try has failed, and the process is alive: that was no death, whatever the next assignment finds noted. Should
   * this fail as well, one try too many is counted.
   */
  async survived(place: Place): Promise<void> {
    const watch = this.#watches.get(nameOf(place));
    const { noted } = watch ?? {};
    if (noted === undefined) {
      return;
    }
    const { firstOffset, lastOffset, isolateUntil, tries } = watch?.before ?? { ...noted, tries: 0 };
    await this.database.query(unmarkInHand, [
      ...[this.consumer, place.topic, place.partition],
      ...[noted.firstOffset, noted.lastOffset, noted.tries],
      ...[firstOffset, lastOffset, isolateUntil, tries],
    ]);
  }

  /** What the partitions of one fetch bring at the same moment is noted by one statement. */
  async #note(mark: Place & Mark): Promise<void> {
    this.#unnoted.push(mark);
    await (this.#noting ??= this.#noteTogether());
  }

  async #noteTogether(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const marks = this.#unnoted.splice(0);
    this.#noting = undefined;
    await this.database.query(markInHand, [
      this.consumer,
      marks.map((mark) => mark.topic),
      marks.map((mark) => mark.partition),
      marks.map((mark) => mark.firstOffset),
      marks.map((mark) => mark.lastOffset),
      marks.map((mark) => mark.isolateUntil),
      marks.map((mark) => mark.tries),
    ]);
  }

  async #clear(place: Place, watch: Watch): Promise<void> {
    if (watch.marked) {
      await this.database.query(clearInHand, [this.consumer, place.topic, place.partition]);
      failpoint('in-hand.after-clear');
      watch.marked = false;
      delete watch.noted;
    }
  }

  async #watch(place: Place): Promise<Watch> {
    await (this.#loaded ??= this.#load().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    }));
    const name = nameOf(place);
    const known = this.#watches.get(name);
    if (known !== undefined) {
      return known;
    }
    const watch: Watch = { marked: false };
    this.#watches.set(name, watch);
    return watch;
  }

  async #load(): Promise<void> {
    const rows = await this.database.query<InHandRow>(selectInHand, [this.consumer]);
    for (const row of rows) {
      this.#watches.set(nameOf(row), {
        marked: true,
        before: {
          firstOffset: row.first_offset,
          lastOffset: row.last_offset,
          isolateUntil: row.isolate_until,
          tries: row.tries,
        },
      });
    }
  }
}

function nameOf({ topic, partition }: Place): string {
  return `${topic}/${partition}`;
}
