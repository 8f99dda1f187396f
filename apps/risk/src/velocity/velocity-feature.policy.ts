import type { VelocityMeasurement } from './velocity.types.ts';

/**
 * Under which name a snapshot holds a velocity: by what is measured, not by what a rule set calls it. So several rule
 * sets can read one snapshot, and none takes another's count for its own.
 * @example 'velocity.countByCustomer600s', 'velocity.sumByCard86400s', 'velocity.distinctCardByIp3600s'
 */
export function velocityFeature({ by, measure, of, windowSeconds }: VelocityMeasurement): string {
  const told = of === undefined ? '' : capitalised(of);
  return `velocity.${measure ?? 'count'}${told}By${capitalised(by)}${windowSeconds}s`;
}

/** Each measurement once, whatever number of definitions means it. */
export function measurementsOf(definitions: readonly VelocityMeasurement[]): VelocityMeasurement[] {
  return [...new Map(definitions.map((definition) => [velocityFeature(definition), definition])).values()];
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
