import { z } from 'zod';
import { clockViewSchema } from './clock.schema.ts';

const DEFAULT_SEED = 1;

/** Body of `POST /_sandbox/reset`; it may be left out. */
export const resetSchema = z.strictObject({
  seed: z.int().default(DEFAULT_SEED).describe('What faults with a rate and no seed draw by'),
});
export type Reset = z.output<typeof resetSchema>;

export const resetViewSchema = clockViewSchema.extend({ seed: z.int() });
export type ResetView = z.output<typeof resetViewSchema>;
