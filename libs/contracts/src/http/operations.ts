import { z } from 'zod';

/** The shape of every list: `nextCursor` is null at the end. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() });
}
