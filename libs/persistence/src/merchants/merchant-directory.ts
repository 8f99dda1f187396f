import { KnownError, type Principal, type Scope } from '@tollgate/contracts';
import type { ApiKeyLookup } from '@tollgate/platform';
import type { Database } from '../database.ts';
import { quoteIdentifier } from '../identifiers.ts';
import type { Statement } from '../statement.ts';
import { MerchantSecrets } from './merchant-secrets.ts';
import { merchantSettings, type MerchantSettings } from './merchant-settings.schema.ts';
import { type MerchantSecret, toReadableColumns } from './merchants.sql.ts';

/** A merchant as services know it. */
export interface Merchant {
  readonly merchantId: string;
  readonly name: string;
  readonly settings: MerchantSettings;
}

/** Secrets a webhook may be signed with. */
export interface WebhookSecrets {
  readonly primary: string;
  readonly secondary?: string;
}

/** Age up to which the copy in memory is used: a changed setting or a revoked key takes effect within it. */
const FRESH_MS = 3_000;
/** A merchant or key that the copy lacks is looked for again, but not more often than this. */
const MISS_RELOAD_MS = 250;
/** While the database is away the older copy serves up to this age. */
const STALE_MAX_MS = 60_000;

/** What a merchant's own key may do. */
const MERCHANT_SCOPES: readonly Scope[] = ['attempts:write', 'attempts:read'];

interface MerchantRow {
  merchant_id: string;
  name: string;
  settings: unknown;
  intake_key_sha256: string;
  primer_api_key_sealed?: string;
  webhook_secret_sealed?: string;
  webhook_secret_secondary_sealed?: string | null;
  webhook_secret_secondary_until?: Date | null;
}

interface Snapshot {
  readonly loadedAt: number;
  readonly byId: ReadonlyMap<string, MerchantRow>;
  readonly byKeyHash: ReadonlyMap<string, MerchantRow>;
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
    const row = await this.#find((snapshot) => snapshot.byKeyHash.get(keySha256Hex));
    return row === undefined ? undefined : { kind: 'merchant', merchantId: row.merchant_id, scopes: MERCHANT_SCOPES };
  }

  /** The merchant, if there is one. */
  async find(merchantId: string): Promise<Merchant | undefined> {
    const row = await this.#find((snapshot) => snapshot.byId.get(merchantId));
    return row === undefined ? undefined : toMerchant(row);
  }

  /** @throws KnownError MERCHANT_NOT_FOUND */
  async get(merchantId: string): Promise<Merchant> {
    return toMerchant(await this.#getRow(merchantId));
  }

  /** Every merchant, by id. */
  async list(): Promise<readonly Merchant[]> {
    const snapshot = await this.#current(FRESH_MS);
    return [...snapshot.byId.values()].map(toMerchant).toSorted((a, b) => (a.merchantId < b.merchantId ? -1 : 1));
  }

  /**
   * The merchant's key at Primer.
   * @throws KnownError MERCHANT_NOT_FOUND; Error when this service is not granted the column
   */
  async primerApiKey(merchantId: string): Promise<string> {
    const row = await this.#getRow(merchantId);
    return this.#secrets.open(assertGranted(row.primer_api_key_sealed), merchantId, 'primer_api_key_sealed');
  }

  /**
   * The secrets of the merchant's webhooks; the secondary one only while it is accepted.
   * @throws KnownError MERCHANT_NOT_FOUND; Error when this service is not granted the columns
   */
  async webhookSecrets(merchantId: string): Promise<WebhookSecrets> {
    const row = await this.#getRow(merchantId);
    const primary = this.#secrets.open(assertGranted(row.webhook_secret_sealed), merchantId, 'webhook_secret_sealed');
    const { webhook_secret_secondary_sealed: sealed, webhook_secret_secondary_until: until } = row;
    const isAccepted = until instanceof Date && until.getTime() > Date.now();
    if (!isAccepted || typeof sealed !== 'string') {
      return { primary };
    }
    return { primary, secondary: this.#secrets.open(sealed, merchantId, 'webhook_secret_secondary_sealed') };
  }

  async #getRow(merchantId: string): Promise<MerchantRow> {
    const row = await this.#find((snapshot) => snapshot.byId.get(merchantId));
    if (row === undefined) {
      throw new KnownError('MERCHANT_NOT_FOUND', { facts: { merchantId } });
    }
    return row;
  }

  /** A miss may be a merchant made a moment ago: it is looked for once more in a newer copy. */
  async #find(pick: (snapshot: Snapshot) => MerchantRow | undefined): Promise<MerchantRow | undefined> {
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

  async #read(): Promise<Snapshot> {
    const loadedAt = performance.now();
    const rows = await this.#database.query<MerchantRow>(this.#selectMerchants);
    this.#snapshot = {
      loadedAt,
      byId: new Map(rows.map((row) => [row.merchant_id, row])),
      byKeyHash: new Map(rows.map((row) => [row.intake_key_sha256, row])),
    };
    return this.#snapshot;
  }
}

function toMerchant(row: MerchantRow): Merchant {
  return { merchantId: row.merchant_id, name: row.name, settings: merchantSettings.parse(row.settings) };
}

function assertGranted(sealed: string | undefined): string {
  if (sealed === undefined) {
    throw new Error('This service did not ask for that secret in MerchantsModule.forRoot({ secrets })');
  }
  return sealed;
}
