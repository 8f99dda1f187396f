import { FAULT_CLASSES, INVARIANTS } from './proof.types.ts';
import type { FaultReport } from './proof.types.ts';

/** What was done to the system in one class of faults, over all its scenarios. */
export interface ClassSummary {
  faultClass: string;
  scenarios: number;
  injected: number;
  checkouts: number;
  duplicateExecutions: number;
  duplicateEffects: number;
  violations: number;
  seconds: number;
}

/** One invariant: how often it was broken by faults, and how many of its planted violations were found. */
export interface InvariantSummary {
  invariant: string;
  violations: number;
  plantedFound: number;
}

/** The known classes in their order, then others; the checker, which injects violations and no faults, is left out. */
export function sumUpClasses(reports: readonly FaultReport[]): ClassSummary[] {
  const byClass = Map.groupBy(reports, ({ faultClass }) => faultClass);
  const names = new Set([...FAULT_CLASSES, ...byClass.keys()]);
  names.delete('checker');
  return [...names].map((faultClass) => {
    const ofClass = byClass.get(faultClass) ?? [];
    const sum = (part: (report: FaultReport) => number | undefined): number =>
      ofClass.reduce((total, report) => total + (part(report) ?? 0), 0);
    return {
      faultClass,
      scenarios: ofClass.length,
      injected: sum(({ injected }) => injected),
      checkouts: sum(({ checkouts }) => checkouts),
      duplicateExecutions: sum(({ duplicateExecutions }) => duplicateExecutions),
      duplicateEffects: sum(({ duplicateEffects }) => duplicateEffects),
      violations: sum(({ violations }) => violations.length),
      seconds: sum(({ seconds }) => seconds),
    };
  });
}

export function sumUpInvariants(reports: readonly FaultReport[]): InvariantSummary[] {
  const count = (invariant: string, ofChecker: boolean): number =>
    reports
      .filter(({ faultClass }) => (faultClass === 'checker') === ofChecker)
      .reduce((total, { violations }) => total + violations.filter((each) => each.invariant === invariant).length, 0);
  return INVARIANTS.map((invariant) => ({
    invariant,
    violations: count(invariant, false),
    plantedFound: count(invariant, true),
  }));
}

/** Planted violations and those of them that were found. */
export function sumUpChecker(reports: readonly FaultReport[]): { planted: number; found: number } {
  const ofChecker = reports.filter(({ faultClass }) => faultClass === 'checker');
  return {
    planted: ofChecker.reduce((total, { injected }) => total + injected, 0),
    found: ofChecker.reduce((total, { found = 0 }) => total + found, 0),
  };
}
