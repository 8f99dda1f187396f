import { clockEnvironment } from '@tollgate/contracts';
import { messagingEnvironment } from '@tollgate/messaging';
import { platformSettings, portNumber, readConfig } from '@tollgate/platform';
import { z } from 'zod';

/** What intake reads from its environment. */
export const intakeSettings = platformSettings
  .extend(messagingEnvironment.shape)
  .extend(clockEnvironment.shape)
  .extend({
    INTAKE_PORT: portNumber.default(4001).describe('the port intake listens on'),
    INTAKE_REQUESTS_IN_HAND_MAX: z.coerce
      .number()
      .int()
      .min(1)
      .default(2_000)
      .describe('requests of shops that are in hand at once; further ones are answered 503 with Retry-After'),
    INTAKE_WAITERS_MAX: z.coerce
      .number()
      .int()
      .min(0)
      .default(4_000)
      .describe('requests and event streams that wait for news at once; further ones are answered at once'),
    DATABASE_URL: z.string().min(1).describe("the connection of intake's own database role"),
    DATABASE_SCHEMA: z.string().default('intake').describe("the schema that holds intake's tables"),
    MERCHANTS_SCHEMA: z.string().default('merchants').describe('the schema of the merchants table'),
    IDENTITY_SCHEMA: z.string().default('identity').describe('the schema of keys and people'),
    TOLLGATE_MASTER_KEY: z
      .string()
      .min(1)
      .describe('32 random bytes in base64; the launcher makes them at first start'),
  });
export type IntakeSettings = Readonly<z.output<typeof intakeSettings>>;

/** @throws ConfigError naming what is missing */
export function readIntakeConfig(environment: NodeJS.ProcessEnv = process.env): IntakeSettings {
  return readConfig(intakeSettings, environment);
}
