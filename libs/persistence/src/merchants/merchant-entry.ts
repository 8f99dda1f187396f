import { createSecretKey, type KeyObject } from 'node:crypto';
import type { MerchantSecrets, SealedColumn } from './merchant-secrets.ts';
import { merchantSettings, type MerchantSettings } from './merchant-settings.schema.ts';

/** A merchant as services know it. */
export interface Merchant {
  readonly merchantId: string;
  readonly name: string;
  readonly settings: MerchantSettings;
}

/** Secrets a webhook may be signed with, as keys: one that is written to a log shows nothing of itself. */
export interface WebhookSecrets {
  readonly primary: KeyObject;
  readonly secondary?: KeyObject;
}

/** A row of the shared table, as far as this service's role may read it. */
export interface MerchantRow {
  merchant_id: string;
  name: string;
  settings: unknown;
  intake_key_sha256: string;
  intake_key_revoked_at: Date | null;
  primer_api_key_sealed?: string;
  webhook_secret_sealed?: string;
  webhook_secret_secondary_sealed?: string | null;
  webhook_secret_secondary_until?: Date | null;
}

/**
 * A loaded row with what was made of it. Settings are read and secrets opened at the first question and remembered as
 * long as the row itself, in private fields, which neither JSON nor a log line shows.
 */
export class MerchantEntry {
  readonly #row: MerchantRow;
  readonly #secrets: MerchantSecrets;
  readonly #opened = new Map<SealedColumn, KeyObject>();
  #merchant: Merchant | undefined;

  constructor(row: MerchantRow, secrets: MerchantSecrets) {
    this.#row = row;
    this.#secrets = secrets;
  }

  get merchantId(): string {
    return this.#row.merchant_id;
  }

  /** @throws ZodError when somebody has written settings that are none */
  get merchant(): Merchant {
    this.#merchant ??= {
      merchantId: this.#row.merchant_id,
      name: this.#row.name,
      settings: Object.freeze(merchantSettings.parse(this.#row.settings)),
    };
    return this.#merchant;
  }

  /** Nothing when somebody has written settings that are none. */
  findMerchant(): Merchant | undefined {
    const isReadable = this.#merchant !== undefined || merchantSettings.safeParse(this.#row.settings).success;
    return isReadable ? this.merchant : undefined;
  }

  /** @throws Error when this service is not granted the column, or the secret does not open */
  get primerApiKey(): string {
    const key = this.#open(this.#row.primer_api_key_sealed, 'primer_api_key_sealed');
    return key.export().toString('utf8');
  }

  /**
   * The secondary one only while it is accepted.
   * @throws Error when this service is not granted the columns, or a secret does not open
   */
  get webhookSecrets(): WebhookSecrets {
    const primary = this.#open(this.#row.webhook_secret_sealed, 'webhook_secret_sealed');
    const { webhook_secret_secondary_sealed: sealed, webhook_secret_secondary_until: until } = this.#row;
    const isAccepted = until instanceof Date && until.getTime() > Date.now();
    if (!isAccepted || typeof sealed !== 'string') {
      return { primary };
    }
    return { primary, secondary: this.#open(sealed, 'webhook_secret_secondary_sealed') };
  }

  #open(sealed: string | undefined, column: SealedColumn): KeyObject {
    const opened = this.#opened.get(column);
    if (opened !== undefined) {
      return opened;
    }
    if (sealed === undefined) {
      throw new Error('This service did not ask for that secret in MerchantsModule.forRoot({ secrets })');
    }
    const key = createSecretKey(this.#secrets.open(sealed, this.#row.merchant_id, column), 'utf8');
    this.#opened.set(column, key);
    return key;
  }
}
