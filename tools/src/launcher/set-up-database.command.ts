import { ensureKeysAndPeople, prepareIdentity } from '@tollgate/identity';
import { merchantSettings, type MerchantSettingsInput, prepareDatabase, upsertMerchant } from '@tollgate/persistence';
import { z } from 'zod';

import type { Credentials, LocalCredentials } from './credentials.ts';
import { DATABASE_SERVICES, IDENTITY_WRITERS } from './service-plan.ts';

/** Where there are people to approve them, larger refunds wait for one. Minor units. */
const LOCAL_MERCHANT_SETTINGS: MerchantSettingsInput = {
  commandLimits: { refund: { amountMaxMinor: { EUR: '50000', GBP: '50000', USD: '50000', JPY: '50000' } } },
};

/**
 * Makes each service's role and schema, the first merchant and its keys; safe to run again, and with new keys it
 * replaces them. People are made for a local installation alone: elsewhere the first admin is invited.
 * @returns each service's connection string, by app
 * @throws KnownError DATABASE_UNAVAILABLE; Error saying which right the administrator lacks, or what is wrong with the
 *   merchant's settings
 */
export async function setUpDatabase({
  adminUrl,
  credentials,
  merchantsSchema,
  identitySchema,
  merchantSettingsText,
  makesPeople,
}: {
  adminUrl: string;
  credentials: Credentials;
  merchantsSchema: string | undefined;
  identitySchema: string | undefined;
  /** JSON, as `MERCHANT_SETTINGS` gives it; undefined or empty: the stored settings are kept. */
  merchantSettingsText: string | undefined;
  makesPeople: boolean;
}): Promise<Readonly<Record<string, string>>> {
  const merchants = merchantsSchema === undefined ? {} : { merchantsSchema };
  const identity = identitySchema === undefined ? {} : { schema: identitySchema };
  const { masterKey, merchantId, intakeApiKey, primerApiKey, webhookSecret } = credentials;
  const services = DATABASE_SERVICES.map((service) => ({ service }));
  const urls = await prepareDatabase({ adminUrl, masterKey, services, ...merchants });
  await upsertMerchant({
    adminUrl,
    masterKey,
    merchant: {
      merchantId,
      intakeApiKey,
      primerApiKey,
      webhookSecret,
      ...readMerchantSettings(merchantSettingsText),
      ...(makesPeople ? { initialSettings: LOCAL_MERCHANT_SETTINGS } : {}),
    },
    ...merchants,
  });
  const databaseUrl = await prepareIdentity({
    adminUrl,
    masterKey,
    readers: DATABASE_SERVICES,
    writers: IDENTITY_WRITERS,
    ...merchants,
    ...identity,
  });
  await ensureKeysAndPeople({
    databaseUrl,
    ...identity,
    keys: toKeys(credentials),
    people: makesPeople ? toPeople(credentials) : [],
  });
  return urls;
}

/** @throws Error naming what in them is wrong */
export function readMerchantSettings(text: string | undefined): { settings?: MerchantSettingsInput } {
  if (text === undefined || text.trim() === '') {
    return {};
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Error('MERCHANT_SETTINGS is not JSON', { cause: error });
  }
  const parsed = merchantSettings.strict().safeParse(content);
  if (!parsed.success) {
    throw new Error(`MERCHANT_SETTINGS cannot be used:\n${z.prettifyError(parsed.error)}`);
  }
  return { settings: parsed.data };
}

function toKeys({ merchantId, approvalsApiKey, platformApiKey }: Credentials) {
  return [
    ...(approvalsApiKey === undefined ? [] : [{ place: 'approvalsApiKey', secret: approvalsApiKey, merchantId }]),
    ...(platformApiKey === undefined ? [] : [{ place: 'platformApiKey', secret: platformApiKey }]),
  ];
}

function toPeople({ reviewers, operators, admin }: Partial<LocalCredentials>) {
  return [
    ...(reviewers ?? []).map((account, index) => ({
      ...account,
      displayName: `Reviewer ${index + 1}`,
      role: 'reviewer' as const,
    })),
    ...(operators ?? []).map((account, index) => ({
      ...account,
      displayName: `Operator ${index + 1}`,
      role: 'operator' as const,
    })),
    ...(admin === undefined ? [] : [{ ...admin, displayName: 'Admin', role: 'admin' as const }]),
  ];
}
