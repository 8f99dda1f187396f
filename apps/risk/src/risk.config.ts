import { clockEnvironment } from '@tollgate/contracts';
import { messagingEnvironment } from '@tollgate/messaging';
import { platformSettings, portNumber, readConfig } from '@tollgate/platform';
import { z } from 'zod';

/** What risk reads from its environment. */
export const riskSettings = platformSettings
  .extend(messagingEnvironment.shape)
  .extend(clockEnvironment.shape)
  .extend({
    RISK_PORT: portNumber.default(4002).describe('the port risk listens on'),
    DATABASE_URL: z.string().min(1).describe("the connection of risk's own database role"),
    DATABASE_SCHEMA: z.string().default('risk').describe("the schema that holds risk's tables"),
    MERCHANTS_SCHEMA: z.string().default('merchants').describe('the schema of the merchants table'),
    IDENTITY_SCHEMA: z.string().default('identity').describe('the schema of keys and people'),
    TOLLGATE_MASTER_KEY: z
      .string()
      .min(1)
      .describe('32 random bytes in base64; the launcher makes them at first start'),
    RULESET_FILE: z
      .string()
      .min(1)
      .default('config/rulesets/default.yaml')
      .describe('the rule set that an empty database starts with; a relative path starts at the working directory'),
  });
export type RiskSettings = Readonly<z.output<typeof riskSettings>>;

/** @throws ConfigError naming what is missing */
export function readRiskConfig(environment: NodeJS.ProcessEnv = process.env): RiskSettings {
  return readConfig(riskSettings, environment);
}
