import { KnownError, MERCHANT_KEY_SCOPES, type Principal } from '@tollgate/contracts';
import type { ApiKeyLookup } from '@tollgate/platform';
import type { Database, Transaction } from '../database.ts';
import { quoteIdentifier } from '../identifiers.ts';
import type { Statement } from '../statement.ts';
import { type Merchant, MerchantEntry, type MerchantRow, type WebhookSecrets } from './merchant-entry.ts';
import { MerchantSecrets } from './merchant-secrets.ts';
import type { MerchantSettings } from './merchant-settings.schema.ts';
import { type MerchantSecret, toReadableColumns } from './merchants.sql.ts';

/** Age up to which the copy in memory is used: a changed setting or a revoked key takes effect within it. */
const FRESH_MS = 3_000;
/** A merchant or key that the copy lacks is looked for again, but not more often than this. */
const MISS_RELOAD_MS = 250;
/** While the database is away the older copy serves up to this age. */
const STALE_MAX_MS = 60_000;

interface Snapshot {
  readonly loadedAt: number;
  readonly byId: ReadonlyMap<string, MerchantEntry>;
  readonly byKeyHash: ReadonlyMap<string, MerchantEntry>;
}

/**
 * The merchants, as this service's role may read them. The small table is copied to memory as a whole and refreshed
 * on use by one query at a time, so that neither a busy shop nor a flood of wrong keys becomes a flood of queries.
 */
export class MerchantDirectory implements ApiKeyLookup {
  readonly #database: Database;
  readonly #secrets: MerchantSecrets;
  readonly #selectMerchants: Statement;
  #snapshot: Snapshot | undefined;
  #loading: Promise<Snapshot> | undefined;

  constructor(database: Database, options: { schema: string; masterKey: string; secrets: readonly MerchantSecret[] }) {
    this.#database = database;
    this.#secrets = new MerchantSecrets(options.masterKey);
    this.#selectMerchants = {
      name: 'merchants-select-all',
      text: `SELECT ${toReadableColumns(options.secrets).join(', ')} FROM ${quoteIdentifier(options.schema)}.merchants`,
    };
  }

  /** Who presents this bearer key (its SHA-256 in hex), if anybody. */
  async findPrincipal(keySha256Hex: string): Promise<Principal | undefined> {
    const entry = await this.#find((snapshot) => snapshot.byKeyHash.get(keySha256Hex));
    return entry && { kind: 'merchant', merchantId: entry.merchantId, scopes: MERCHANT_KEY_SCOPES };
  }

  /** The merchant, if there is one. */
  async find(merchantId: string): Promise<Merchant | undefined> {
    const entry = await this.#find((snapshot) => snapshot.byId.get(merchantId));
    return entry?.merchant;
  }

  /** @throws KnownError MERCHANT_NOT_FOUND */
  async get(merchantId: string): Promise<Merchant> {
    return (await this.#getEntry(merchantId)).merchant;
  }

  /** Every merchant's id, in order; also of those whose settings nobody can read. */
  async listIds(): Promise<readonly string[]> {
    const snapshot = await this.#current(FRESH_MS);
    return [...snapshot.byId.keys()].toSorted();
  }

  /**
   * Every merchant, by id. One whose settings nobody can read is left out, so that it stops none of the others; whoever
   * asks for it by name hears why.
   */
  async list(): Promise<readonly Merchant[]> {
    const snapshot = await this.#current(FRESH_MS);
    return [...snapshot.byId.values()]
      .flatMap((entry) => entry.findMerchant() ?? [])
      .toSorted((a, b) => (a.merchantId < b.merchantId ? -1 : 1));
  }

  /**
   * What is set for these merchants, for whoever holds a transaction: where the copy is old or lacks one of them it is
   * read by that transaction's own connection, for one that waits for a second connection keeps the first from
   * everybody else. Whom nobody knows, and whose settings nobody can read, is left out.
   */
  async settingsOf(
    tx: Pick<Transaction, 'query'>,
    merchantIds: readonly string[],
  ): Promise<ReadonlyMap<string, MerchantSettings>> {
    const copy = this.#snapshot;
    const ageMs = copy === undefined ? Infinity : performance.now() - copy.loadedAt;
    const isEnough = ageMs < FRESH_MS && (ageMs < MISS_RELOAD_MS || merchantIds.every((id) => copy?.byId.has(id)));
    const { byId } = copy !== undefined && isEnough ? copy : await this.#read(tx);
    return new Map(
      merchantIds.flatMap((id) => {
        const merchant = byId.get(id)?.findMerchant();
        return merchant === undefined ? [] : [[id, merchant.settings] as const];
      }),
    );
  }

  /**
   * The merchant's key at Primer.
   * @throws KnownError MERCHANT_NOT_FOUND; Error when this service is not granted the column
   */
  async primerApiKey(merchantId: string): Promise<string> {
    return (await this.#getEntry(merchantId)).primerApiKey;
  }

  /**
   * The secrets of the merchant's webhooks; the secondary one only while it is accepted.
   * @throws KnownError MERCHANT_NOT_FOUND; Error when this service is not granted the columns
   */
  async webhookSecrets(merchantId: string): Promise<WebhookSecrets> {
    return (await this.#getEntry(merchantId)).webhookSecrets;
  }

  async #getEntry(merchantId: string): Promise<MerchantEntry> {
    const entry = await this.#find((snapshot) => snapshot.byId.get(merchantId));
    if (entry === undefined) {
      throw new KnownError('MERCHANT_NOT_FOUND', { facts: { merchantId } });
    }
    return entry;
  }

  /** A miss may be a merchant made a moment ago: it is looked for once more in a newer copy. */
  async #find(pick: (snapshot: Snapshot) => MerchantEntry | undefined): Promise<MerchantEntry | undefined> {
    const found = pick(await this.#current(FRESH_MS));
    return found ?? pick(await this.#current(MISS_RELOAD_MS));
  }

  async #current(maxAgeMs: number): Promise<Snapshot> {
    const snapshot = this.#snapshot;
    const ageMs = snapshot === undefined ? Infinity : performance.now() - snapshot.loadedAt;
    if (snapshot !== undefined && ageMs < maxAgeMs) {
      return snapshot;
    }
    try {
      return await this.#load();
    } catch (error) {
      if (snapshot !== undefined && ageMs < STALE_MAX_MS) {
        return snapshot;
      }
      throw error;
    }
  }

  #load(): Promise<Snapshot> {
    this.#loading ??= this.#read().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #read(queries: Pick<Transaction, 'query'> = this.#database): Promise<Snapshot> {
    const loadedAt = performance.now();
    const rows = await queries.query<MerchantRow>(this.#selectMerchants);
    const entries = rows.map((row) => ({ row, entry: new MerchantEntry(row, this.#secrets) }));
    const snapshot = {
      loadedAt,
      byId: new Map(entries.map(({ row, entry }) => [row.merchant_id, entry])),
      byKeyHash: new Map(
        entries
          .filter(({ row }) => row.intake_key_revoked_at === null)
          .map(({ row, entry }) => [row.intake_key_sha256, entry]),
      ),
    };
    this.#snapshot = snapshot;
    return snapshot;
  }
}
