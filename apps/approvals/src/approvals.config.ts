import { clockEnvironment } from '@tollgate/contracts';
import { messagingEnvironment } from '@tollgate/messaging';
import { platformSettings, portNumber, readConfig } from '@tollgate/platform';
import { z } from 'zod';

/** Long enough to look at an attempt, short enough that somebody who left does not keep it from the others. */
const CLAIM_MS_DEFAULT = 30_000;

/** What approvals reads from its environment. */
export const approvalsSettings = platformSettings
  .extend(messagingEnvironment.shape)
  .extend(clockEnvironment.shape)
  .extend({
    APPROVALS_PORT: portNumber.default(4003).describe('the port approvals listens on'),
    DATABASE_URL: z.string().min(1).describe("the connection of approvals' own database role"),
    DATABASE_SCHEMA: z.string().default('approvals').describe("the schema that holds approvals' tables"),
    MERCHANTS_SCHEMA: z.string().default('merchants').describe('the schema of the merchants table'),
    IDENTITY_SCHEMA: z.string().default('identity').describe('the schema of keys and people'),
    TOLLGATE_MASTER_KEY: z
      .string()
      .min(1)
      .describe('32 random bytes in base64; the launcher makes them at first start'),
    APPROVALS_CLAIM_MS: z.coerce
      .number()
      .int()
      .min(100)
      .default(CLAIM_MS_DEFAULT)
      .describe('how long a claim keeps an approval for one reviewer'),
  });

export type ApprovalsSettings = Readonly<z.output<typeof approvalsSettings>>;

/** What handlers need of the settings. */
export abstract class ApprovalOptions {
  abstract readonly claimMs: number;
}

/** @throws ConfigError naming what is missing */
export function readApprovalsConfig(environment: NodeJS.ProcessEnv = process.env): ApprovalsSettings {
  return readConfig(approvalsSettings, environment);
}
