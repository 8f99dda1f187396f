import { z } from 'zod';
import { traceEnvironment } from '../trace/trace-settings.config.ts';
import { parseFailpoints } from '../failpoints/failpoint.ts';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** A TCP port; 0 lets the system choose one. */
export const portNumber = z.coerce.number().int().min(0).max(65_535);

/** Points at which the process shall die, for tests of crashes alone: a production process must not even start with them. */
const failpointSetting = z.string().superRefine((setting, context) => {
  if (process.env.NODE_ENV === 'production') {
    context.addIssue({ code: 'custom', message: 'it kills the process, and NODE_ENV is production: unset it' });
    return;
  }
  try {
    parseFailpoints(setting);
  } catch (error) {
    context.addIssue({ code: 'custom', message: String(error) });
  }
});

/** What every service reads from the environment; an app's own config `.extend`s it. */
export const platformSettings = z.object({
  ...traceEnvironment.shape,
  HOST: z.string().default('127.0.0.1').describe('the address the service listens on'),
  LOG_LEVEL: z
    .enum(LOG_LEVELS)
    .default('info')
    .describe(`one of ${LOG_LEVELS.join(', ')}`),
  TOLLGATE_OPERATOR_TOKEN: z
    .string()
    .min(16, { error: 'at least 16 characters expected' })
    .describe("the operator's bearer token, 16 characters or more; the launcher writes one into credentials.json"),
  TOLLGATE_FAILPOINTS: failpointSetting.optional().describe('where the process shall kill itself, in tests of crashes'),
});

export type PlatformSettings = Readonly<z.output<typeof platformSettings>>;
