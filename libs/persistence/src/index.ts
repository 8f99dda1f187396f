export { SERVICE_LIMITS } from './connection.config.ts';
export type { DatabaseOptions } from './data-source.ts';
export { Database, type Transaction } from './database.ts';
export { isUniqueViolation } from './database.errors.ts';
export { assertIdentifier, quoteIdentifier } from './identifiers.ts';
export { MerchantDirectory } from './merchants/merchant-directory.ts';
export type { Merchant, WebhookSecrets } from './merchants/merchant-entry.ts';
export { hashBearerKey } from './merchants/merchant-secrets.ts';
export {
  type CommandLimit,
  merchantSettings,
  type MerchantSettings,
  type MerchantSettingsInput,
} from './merchants/merchant-settings.schema.ts';
export type { MerchantSecret } from './merchants/merchants.sql.ts';
export { MerchantsModule } from './merchants/merchants.module.ts';
export { type MerchantInput, MERCHANTS_SCHEMA_DEFAULT, upsertMerchant } from './merchants/upsert-merchant.ts';
export { PaymentTokens, type TokenPlace } from './payment-tokens.ts';
export { PersistenceModule } from './persistence.module.ts';
export { prepareDatabase, type PrepareOptions, SERVICE_SECRETS, type ServiceDatabase } from './prepare-database.ts';
export { type PersonalKind, PersonalValues, toSubscriber } from './personal-values.ts';
export { deriveKey, parseMasterKey, seal, unseal } from './sealing.ts';
export { ROLE_PREFIX_DEFAULT, toRoleName, toServiceDatabaseUrl } from './service-roles.ts';
export { sql, type Statement } from './statement.ts';
