import { z } from 'zod';

/** Scopes that a key can carry. The operator token has `operator` and `attempts:read`, never `attempts:write`. */
export const SCOPES = ['attempts:write', 'attempts:read', 'payments:write', 'operator'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is calling. */
export interface Principal {
  readonly kind: 'merchant' | 'operator';
  /** Set for `merchant`. */
  readonly merchantId?: string;
  readonly scopes: readonly Scope[];
}

/** The shape of every list: `nextCursor` is null at the end. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() });
}
