import { KnownError } from '@tollgate/contracts';
import { Database } from '@tollgate/persistence';
import { findInbox } from '../sql/find-inbox.sql.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { InboxRow } from './dead-letter-state.ts';

/** Where a consumer's inbox is. */
export interface InboxAddress {
  /** A connection that may read the schema's table `inbox`. */
  readonly databaseUrl: string;
  readonly schema: string;
}

/** Ids of one statement. */
const IDS_MAX = 5_000;

/** Reads the inboxes of the consumers: what has had its effect, and what is dead. Writes nothing. */
export class InboxLookup {
  readonly #databases = new Map<string, Promise<Database>>();

  constructor(private readonly addressOf: (consumer: string) => InboxAddress) {}

  /**
   * What the inboxes hold under the letters' keys.
   * @throws KnownError DATABASE_UNAVAILABLE naming the inbox that cannot be read
   */
  async find(letters: readonly DeadLetter[]): Promise<(letter: DeadLetter) => readonly InboxRow[]> {
    const rows = new Map<string, InboxRow[]>();
    for (const [consumer, ofConsumer] of Map.groupBy(letters, (letter) => letter.consumer)) {
      for (let start = 0; start < ofConsumer.length; start += IDS_MAX) {
        for (const row of await this.#query(consumer, ofConsumer.slice(start, start + IDS_MAX))) {
          const name = nameOf(consumer, row.source, row.eventId);
          rows.set(name, [...(rows.get(name) ?? []), row]);
        }
      }
    }
    return ({ consumer, inboxKey }) => rows.get(nameOf(consumer, inboxKey.source, inboxKey.id)) ?? [];
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#databases.values());
    await Promise.all(opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value.close()] : [])));
  }

  async #query(consumer: string, letters: readonly DeadLetter[]): Promise<InboxRow[]> {
    const { databaseUrl, schema } = this.addressOf(consumer);
    const keys = new Map(letters.map(({ inboxKey }) => [nameOf(consumer, inboxKey.source, inboxKey.id), inboxKey]));
    try {
      const opening =
        this.#databases.get(consumer) ??
        Database.connect({ service: 'ops', databaseUrl, schema, poolSize: 1, startWaitMs: 0 });
      this.#databases.set(consumer, opening);
      const database = await opening;
      return await database.query<InboxRow>(findInbox, [
        consumer,
        [...keys.values()].map(({ source }) => source),
        [...keys.values()].map(({ id }) => id),
      ]);
    } catch (error) {
      throw new KnownError('DATABASE_UNAVAILABLE', {
        detail: `The inbox of ${consumer} cannot be read in schema ${schema}: ${(error as Error).message}`,
        cause: error,
      });
    }
  }
}

function nameOf(consumer: string, source: string, id: string): string {
  return JSON.stringify([consumer, source, id]);
}
