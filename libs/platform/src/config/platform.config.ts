import { z } from 'zod';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** A TCP port; 0 lets the system choose one. */
export const portNumber = z.coerce.number().int().min(0).max(65_535);

/** What every service reads from the environment; an app's own config `.extend`s it. */
export const platformSettings = z.object({
  HOST: z.string().default('127.0.0.1').describe('the address the service listens on'),
  LOG_LEVEL: z
    .enum(LOG_LEVELS)
    .default('info')
    .describe(`one of ${LOG_LEVELS.join(', ')}`),
  TOLLGATE_OPERATOR_TOKEN: z
    .string()
    .min(16, { error: 'at least 16 characters expected' })
    .describe("the operator's bearer token, 16 characters or more; the launcher writes one into credentials.json"),
});

export type PlatformSettings = Readonly<z.output<typeof platformSettings>>;
