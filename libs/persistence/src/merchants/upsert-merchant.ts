import { HEADER_SECRET, outsideId } from '@tollgate/contracts';
import { Client } from 'pg';
import { CONNECT_TIMEOUT_MS } from '../connection.config.ts';
import { isUniqueViolation, toDatabaseError } from '../database.errors.ts';
import { hashBearerKey, MerchantSecrets } from './merchant-secrets.ts';
import { merchantSettings, type MerchantSettingsInput } from './merchant-settings.schema.ts';
import { upsertMerchantRow } from './merchants.sql.ts';

/** A merchant as the setup step knows it, secrets in the clear. */
export interface MerchantInput {
  readonly merchantId: string;
  /** Shown to operators; default: the merchant id. */
  readonly name?: string;
  /** Absent: the stored settings are kept. */
  readonly settings?: MerchantSettingsInput;
  /** What a merchant begins with that is not there yet; one that is keeps its own. */
  readonly initialSettings?: MerchantSettingsInput;
  /** The bearer key of the shop's back end; only its hash is stored. */
  readonly intakeApiKey: string;
  readonly primerApiKey: string;
  readonly webhookSecret: string;
  /** While Primer rolls the secret over, the older one is accepted until `until`. */
  readonly webhookSecretSecondary?: { readonly secret: string; readonly until: Date };
}

export const MERCHANTS_SCHEMA_DEFAULT = 'merchants';

/**
 * Creates the merchant or replaces its keys. Secrets are sealed here: the database never sees them.
 * @throws Error when the intake key belongs to another merchant, or the key at Primer is none that a header can carry;
 *   KnownError DATABASE_UNAVAILABLE
 */
export async function upsertMerchant(options: {
  adminUrl: string;
  masterKey: string;
  merchantsSchema?: string;
  merchant: MerchantInput;
}): Promise<void> {
  const { merchant } = options;
  const merchantId = outsideId.parse(merchant.merchantId);
  if (!HEADER_SECRET.test(merchant.primerApiKey)) {
    throw new Error(
      `The Primer API key of merchant ${merchantId} cannot be sent in a header: it is empty, or has a blank, a line break ` +
        'or other characters than visible ASCII',
    );
  }
  const secrets = new MerchantSecrets(options.masterKey);
  const secondary = merchant.webhookSecretSecondary;
  const client = new Client({ connectionString: options.adminUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  try {
    await client.connect();
    await client.query(upsertMerchantRow(options.merchantsSchema ?? MERCHANTS_SCHEMA_DEFAULT), [
      merchantId,
      merchant.name ?? merchantId,
      toSettingsText(merchant.settings),
      hashBearerKey(merchant.intakeApiKey),
      secrets.seal(merchant.primerApiKey, merchantId, 'primer_api_key_sealed'),
      secrets.seal(merchant.webhookSecret, merchantId, 'webhook_secret_sealed'),
      secondary === undefined ? null : secrets.seal(secondary.secret, merchantId, 'webhook_secret_secondary_sealed'),
      secondary?.until ?? null,
      toSettingsText(merchant.initialSettings),
    ]);
  } catch (error) {
    if (isUniqueViolation(error)) {
      throw new Error(`The intake key of merchant ${merchantId} belongs to another merchant already`, { cause: error });
    }
    throw toDatabaseError(error);
  } finally {
    await client.end();
  }
}

function toSettingsText(settings: MerchantSettingsInput | undefined): string | null {
  return settings === undefined ? null : JSON.stringify(merchantSettings.parse(settings));
}
