import { KnownError } from '@tollgate/contracts';
import type { Transaction } from '@tollgate/persistence';
import { type InboxKey, type ParsedRecord } from './received-event.ts';
import { originKey } from './record-parser.ts';
import { buryInbox, claimInbox, reviveInbox, unclaimInbox } from './sql/claim-inbox.sql.ts';

/** What became of the records of a batch at the inbox. */
export interface Claim {
  /** New to this consumer, in the given order. */
  readonly fresh: ParsedRecord[];
  /** Ids that are known with another payload or time; their own claim stands under their origin. */
  readonly conflicting: ParsedRecord[];
  /** How many were absorbed. */
  readonly duplicates: number;
}

interface Verdicts {
  readonly fresh: ParsedRecord[];
  readonly conflicting: ParsedRecord[];
  /** Re-driven, and could not be handled again. */
  readonly deadAgain: ParsedRecord[];
  duplicates: number;
}

interface ClaimRow {
  source: string;
  event_id: string;
  claimed: boolean;
  prior_time: Date | null;
  prior_digest: Buffer | null;
  prior_status: 'done' | 'dead' | null;
}

/** A consumer's memory of what has had its effect: one row per (consumer, source, event id). */
export class Inbox {
  readonly #consumer: string;

  constructor(consumer: string) {
    this.#consumer = consumer;
  }

  /**
   * Claims the records in this transaction: whoever commits first owns the effect. Poison is claimed as `dead`, so that
   * its dead letter is written once too.
   */
  async claim(tx: Pick<Transaction, 'query'>, records: readonly ParsedRecord[]): Promise<Claim> {
    const fresh = new Set<ParsedRecord>();
    const conflicting: ParsedRecord[] = [];
    const candidates = new Map<string, ParsedRecord>();
    let duplicates = 0;
    for (const record of records) {
      if (record.beyondInbox === true) {
        fresh.add(record); // its handler tells duplicates by a natural key
        continue;
      }
      if (record.poison !== undefined && isNamedByOrigin(record) && !this.#isMeant(record)) {
        duplicates++; // re-driven for another consumer: this one's dead letter of the original stands
        continue;
      }
      const name = nameOf(record.inboxKey);
      const earlier = candidates.get(name);
      if (earlier === undefined) {
        candidates.set(name, record);
      } else if (isSame(earlier.inboxKey, record.inboxKey.time, record.inboxKey.digest)) {
        duplicates++;
        // An original that is read anew does not swallow its own re-drive.
        candidates.set(name, this.#isRedriven(record) ? record : earlier);
      } else {
        conflicting.push(record);
      }
    }
    const verdicts = await this.#claimCandidates(tx, candidates);
    duplicates += verdicts.duplicates;
    for (const record of verdicts.fresh) {
      fresh.add(record);
    }
    conflicting.push(...verdicts.conflicting);
    return {
      fresh: [...records.filter((record) => fresh.has(record)), ...verdicts.deadAgain],
      conflicting: await this.#claimByOrigin(
        tx,
        conflicting
          .filter((record) => this.#isMeant(record))
          .map((record) => ({ ...record, poison: toConflict(record) })),
      ),
      duplicates,
    };
  }

  /** Marks claimed records as dead: their handler could not take them. */
  async bury(tx: Pick<Transaction, 'query'>, records: readonly ParsedRecord[]): Promise<void> {
    if (records.length > 0) {
      await tx.query(buryInbox, [this.#consumer, ...columnsOf(records.map((record) => record.inboxKey)).slice(0, 3)]);
    }
  }

  /** False for what another consumer's dead letter was re-driven as: here it is a copy of what has been seen. */
  #isMeant({ redriveFor }: ParsedRecord): boolean {
    return redriveFor === undefined || redriveFor === this.#consumer;
  }

  #isRedriven(record: ParsedRecord): boolean {
    return record.redriveOf !== undefined && this.#isMeant(record);
  }

  async #claimCandidates(
    tx: Pick<Transaction, 'query'>,
    candidates: ReadonlyMap<string, ParsedRecord>,
  ): Promise<Verdicts> {
    const result: Verdicts = { fresh: [], conflicting: [], deadAgain: [], duplicates: 0 };
    if (candidates.size === 0) {
      return result;
    }
    const records = [...candidates.values()];
    const rows = await this.#insert(tx, records, (record) => (record.poison === undefined ? 'done' : 'dead'));
    const misclaimed: ParsedRecord[] = [];
    const revivable: ParsedRecord[] = [];
    const deadAgain: ParsedRecord[] = [];
    for (const [name, record] of candidates) {
      const found = rows.get(name) ?? [];
      const priors = found.filter((row) => row.prior_time !== null);
      const claimed = found.some((row) => row.claimed);
      const same = priors.find((row) => isSame(record.inboxKey, row.prior_time!, row.prior_digest!));
      if (claimed && priors.length === 0) {
        result.fresh.push(record);
      } else if (claimed) {
        misclaimed.push(record);
      } else if (priors.length > 0 && same === undefined) {
        result.conflicting.push(record);
      } else if (same?.prior_status === 'dead' && this.#isRedriven(record)) {
        (record.poison === undefined ? revivable : deadAgain).push(record);
      } else {
        result.duplicates++;
      }
    }
    if (misclaimed.length > 0) {
      await tx.query(unclaimInbox, [this.#consumer, ...columnsOf(misclaimed.map((r) => r.inboxKey)).slice(0, 3)]);
      result.conflicting.push(...misclaimed);
    }
    const revived = await this.#revive(tx, revivable);
    result.fresh.push(...revived);
    result.deadAgain.push(...(await this.#claimByOrigin(tx, deadAgain)));
    result.duplicates += revivable.length - revived.length;
    return result;
  }

  /** For dead letters whose id is taken by another row: told apart by the place where they lie, so written once too. */
  async #claimByOrigin(tx: Pick<Transaction, 'query'>, dead: readonly ParsedRecord[]): Promise<ParsedRecord[]> {
    if (dead.length === 0) {
      return [];
    }
    const renamed = dead.map((record): ParsedRecord => ({ ...record, inboxKey: originKey(record.raw) }));
    const rows = await this.#insert(tx, renamed, () => 'dead');
    return renamed.filter((record) => rows.get(nameOf(record.inboxKey))?.some((row) => row.claimed));
  }

  async #insert(
    tx: Pick<Transaction, 'query'>,
    records: readonly ParsedRecord[],
    statusOf: (record: ParsedRecord) => 'done' | 'dead',
  ): Promise<Map<string, ClaimRow[]>> {
    const rows = await tx.query<ClaimRow>(claimInbox, [
      this.#consumer,
      ...columnsOf(records.map((record) => record.inboxKey)),
      records.map(statusOf),
    ]);
    return Map.groupBy(rows, (row) => nameOf({ source: row.source, id: row.event_id }));
  }

  async #revive(tx: Pick<Transaction, 'query'>, records: readonly ParsedRecord[]): Promise<ParsedRecord[]> {
    if (records.length === 0) {
      return [];
    }
    const rows = await tx.query<{ source: string; event_id: string }>(reviveInbox, [
      this.#consumer,
      ...columnsOf(records.map((record) => record.inboxKey)).slice(0, 2),
    ]);
    const revived = new Set(rows.map((row) => nameOf({ source: row.source, id: row.event_id })));
    return records.filter((record) => revived.has(nameOf(record.inboxKey)));
  }
}

function isNamedByOrigin({ inboxKey, raw }: ParsedRecord): boolean {
  return inboxKey.source === originKey(raw).source;
}

function toConflict(record: ParsedRecord): KnownError {
  return new KnownError('EVENT_ID_CONFLICT', { facts: { id: record.inboxKey.id, source: record.inboxKey.source } });
}

function nameOf(key: Pick<InboxKey, 'source' | 'id'>): string {
  return JSON.stringify([key.source, key.id]);
}

function isSame(key: InboxKey, time: Date, digest: Buffer): boolean {
  return key.time.getTime() === time.getTime() && key.digest.equals(digest);
}

function columnsOf(keys: readonly InboxKey[]): [string[], string[], Date[], Buffer[]] {
  return [keys.map((k) => k.source), keys.map((k) => k.id), keys.map((k) => k.time), keys.map((k) => k.digest)];
}
