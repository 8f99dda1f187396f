import type { z } from 'zod';
import type { VELOCITY_KINDS, VELOCITY_MEASURES, velocityDefinition } from './velocity.schema.ts';

export type VelocityKind = (typeof VELOCITY_KINDS)[number];
export type VelocityMeasure = (typeof VELOCITY_MEASURES)[number];

/** A velocity as a rule set declares it: its name and limit are the set's own, the rest says what is measured. */
export type VelocityDefinition = z.output<typeof velocityDefinition>;

/** What is measured, whoever calls it by whatever name: two rule sets that mean the same share it. */
export type VelocityMeasurement = Pick<VelocityDefinition, 'by' | 'measure' | 'of' | 'windowSeconds'>;
