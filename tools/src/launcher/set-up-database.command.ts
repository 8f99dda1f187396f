import { prepareDatabase, upsertMerchant } from '@tollgate/persistence';

import type { Credentials } from './credentials.ts';
import { DATABASE_SERVICES } from './service-plan.ts';

/**
 * Makes each service's role and schema and the first merchant; safe to run again, and with new keys it replaces them.
 * @returns each service's connection string, by app
 * @throws KnownError DATABASE_UNAVAILABLE; Error saying which right the administrator lacks
 */
export async function setUpDatabase({
  adminUrl,
  credentials,
  merchantsSchema,
}: {
  adminUrl: string;
  credentials: Credentials;
  merchantsSchema: string | undefined;
}): Promise<Readonly<Record<string, string>>> {
  const schema = merchantsSchema === undefined ? {} : { merchantsSchema };
  const { masterKey, merchantId, intakeApiKey, primerApiKey, webhookSecret } = credentials;
  const services = DATABASE_SERVICES.map((service) => ({ service }));
  const urls = await prepareDatabase({ adminUrl, masterKey, services, ...schema });
  await upsertMerchant({
    adminUrl,
    masterKey,
    merchant: { merchantId, intakeApiKey, primerApiKey, webhookSecret },
    ...schema,
  });
  return urls;
}
