import { KnownError } from '@tollgate/contracts';
import { merchantSettings, type MerchantSettings, type MerchantSettingsInput, sql } from '@tollgate/persistence';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import type { IdentityDatabase } from '../identity-database.ts';

/** A merchant as it is listed. */
export interface MerchantSummary {
  readonly merchantId: string;
  readonly name: string;
  readonly settings: MerchantSettings;
  readonly updatedAt: Date;
}

interface MerchantRow {
  merchantId: string;
  name: string;
  settings: unknown;
  updatedAt: Date;
}

const MERCHANT = 'm.merchant_id AS "merchantId", m.name, m.settings, m.updated_at AS "updatedAt"';
const listMerchants = sql(
  'identity-list-merchants',
  `SELECT ${MERCHANT} FROM merchants.merchants AS m ORDER BY m.merchant_id`,
);
const lockMerchant = sql(
  'identity-lock-merchant',
  `SELECT ${MERCHANT} FROM merchants.merchants AS m WHERE m.merchant_id = $1 FOR UPDATE`,
);
const updateSettings = sql(
  'identity-update-merchant-settings',
  `UPDATE merchants.merchants AS m SET settings = $2::jsonb, updated_at = clock_timestamp() WHERE m.merchant_id = $1`,
);

/** Merchants' settings while everything runs; their keys and secrets come from the setup step. */
export class Merchants {
  constructor(private readonly database: IdentityDatabase) {}

  async list(): Promise<MerchantSummary[]> {
    const rows = await this.database.query<MerchantRow>(listMerchants);
    return rows.map((row) => ({ ...row, settings: merchantSettings.parse(row.settings) }));
  }

  /**
   * Changes settings, and records from what to what; services go by the new ones within three seconds. Two who change at
   * once do it one after the other.
   * @param change the settings that are to change, told from those that are
   * @returns the settings as they are now
   * @throws KnownError MERCHANT_NOT_FOUND; VALIDATION_FAILED saying what is wrong with them
   */
  async changeSettings(
    merchantId: string,
    change: (settings: MerchantSettings) => Partial<MerchantSettingsInput>,
    actor: string,
  ): Promise<MerchantSettings> {
    return this.database.transaction(async (queries) => {
      const [row] = await queries.query<MerchantRow>(lockMerchant, [merchantId]);
      if (row === undefined) {
        throw new KnownError('MERCHANT_NOT_FOUND', { facts: { merchantId } });
      }
      const before = merchantSettings.parse(row.settings);
      const changed = change(before);
      const after = toSettings({ ...before, ...changed });
      await queries.query(updateSettings, [merchantId, JSON.stringify(after)]);
      const names = Object.keys(changed) as Array<keyof MerchantSettings>;
      await recordAudit(queries, {
        actor,
        action: 'merchant settings changed',
        subject: merchantId,
        facts: { before: pick(before, names), after: pick(after, names) },
      });
      return after;
    });
  }
}

function toSettings(input: MerchantSettingsInput): MerchantSettings {
  const parsed = merchantSettings.safeParse(input);
  if (!parsed.success) {
    throw new KnownError('VALIDATION_FAILED', { detail: `no such settings:\n${z.prettifyError(parsed.error)}` });
  }
  return parsed.data;
}

function pick(settings: MerchantSettings, names: ReadonlyArray<keyof MerchantSettings>): Partial<MerchantSettings> {
  return Object.fromEntries(names.map((name) => [name, settings[name]]));
}
