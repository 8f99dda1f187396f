import { z } from 'zod';
import { faultSchema } from '../faults/fault.schema.ts';

const MAX_PAGE_SIZE = 1_000;

export const faultViewSchema = z.object({
  faultId: z.int(),
  definition: faultSchema,
  strikes: z.int().describe('How often it has struck'),
  isOver: z.boolean().describe('Whether it has struck as often as it may'),
});
export type FaultView = z.output<typeof faultViewSchema>;

export const faultListSchema = z.object({ data: z.array(faultViewSchema), nextCursor: z.string().nullable() });
export type FaultList = z.output<typeof faultListSchema>;

/** Query of `GET /_sandbox/faults`: faults after `cursor`, oldest first. */
export const faultQuerySchema = z.object({
  cursor: z.coerce.number().pipe(z.int().min(0)).default(0),
  limit: z.coerce.number().pipe(z.int().min(1).max(MAX_PAGE_SIZE)).default(MAX_PAGE_SIZE),
});
export type FaultQuery = z.output<typeof faultQuerySchema>;

export const faultIdSchema = z.coerce.number().pipe(z.int().min(1));

export const faultListExample: FaultList = {
  data: [
    {
      faultId: 1,
      definition: {
        kind: 'LOST_ANSWER',
        attemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
        operations: ['approve_payment_attempt'],
      },
      strikes: 0,
      isOver: false,
    },
  ],
  nextCursor: null,
};
