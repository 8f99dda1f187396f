import { z } from 'zod';

/** Limits of a velocity, so that a mistake in a rule set cannot become a slow one at run time. */
export const VELOCITY_LIMITS = {
  /** Of one rule set; a snapshot holds those of the live set and of every shadow. */
  perRuleSet: 32,
  /** 30 days: as long as topics keep attempts. */
  windowSeconds: 2_592_000,
  /** Different values that are told apart; where there are more, the count stays at this one. */
  distinct: 256,
} as const;

/** What attempts are counted by, always of one merchant. An attempt that names none of it is not counted by it. */
export const VELOCITY_KINDS = ['card', 'customer', 'email', 'ip', 'bin', 'device'] as const;

/**
 * What is measured of the attempts in the window: how many there are, what they come to in the currency of the attempt
 * at hand (minor units), or how many different values of something they name.
 */
export const VELOCITY_MEASURES = ['count', 'sum', 'distinct'] as const;

/** Names that conditions use: they must be identifiers of CEL, and none that every object has, such as `constructor`. */
const identifier = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,63}$/, { error: 'a camelCase name expected' })
  .refine((name) => !(name in {}), { error: 'every object has this name already' });

/**
 * A velocity as a rule set declares it. `measure` has no default on purpose: a document says the same, and has the same
 * digest, as before there was anything but counts.
 */
export const velocityDefinition = z
  .strictObject({
    name: identifier,
    by: z.enum(VELOCITY_KINDS),
    measure: z.enum(VELOCITY_MEASURES).optional().meta({ description: 'Absent: count' }),
    of: z.enum(VELOCITY_KINDS).optional().meta({ description: 'What a distinct tells apart' }),
    windowSeconds: z.int().min(1).max(VELOCITY_LIMITS.windowSeconds),
    limit: z.int().min(1).meta({ description: 'limits.<name> in conditions; minor units where sums are compared' }),
    whenUnknown: z
      .enum(['review', 'ignore'])
      .optional()
      .meta({
        description:
          'What a rule that needs it does about an attempt that names nothing to count by: asks for a review, or does not ' +
          'hold. Every new document says which; absent, in those from before one had to: ignore',
      }),
  })
  .superRefine(({ by, measure, of, limit }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (measure !== 'distinct') {
      if (of !== undefined) refuse('of', 'only a distinct has something to tell apart');
      return;
    }
    if (of === undefined) refuse('of', 'a distinct says what it tells apart');
    if (of === by) refuse('of', `there is one ${by} to each ${by}`);
    if (limit >= VELOCITY_LIMITS.distinct) {
      refuse('limit', `a distinct tells ${VELOCITY_LIMITS.distinct} values apart, so that its limit lies below`);
    }
  });
