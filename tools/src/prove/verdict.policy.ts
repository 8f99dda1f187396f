import { FAULT_CLASSES } from './proof.types.ts';
import type { FaultReport, TestOutcome } from './proof.types.ts';

/** What speaks against the proof, in words; nothing when every promise held and every class of faults was tried. */
export function findFailures(reports: readonly FaultReport[], tests: readonly TestOutcome[]): string[] {
  return [
    ...tests.filter(({ passed }) => !passed).map(({ title, file }) => `failed: ${title} (${file})`),
    ...(tests.length === 0 ? ['no test ran'] : []),
    ...FAULT_CLASSES.filter((each) => !reports.some(({ faultClass }) => faultClass === each)).map(
      (each) => `the class of faults "${each}" reported nothing`,
    ),
    ...reports.flatMap((report) => [...failuresOf(report)].map((failure) => `${nameOf(report)}: ${failure}`)),
  ];
}

function* failuresOf(report: FaultReport): Generator<string> {
  const { faultClass, injected, found = 0, duplicateEffects = 0, violations } = report;
  if (injected === 0) yield 'no fault was injected';
  if (faultClass === 'checker') {
    // Here violations are what was planted: finding them is the promise.
    if (found < injected) yield `${injected - found} of ${injected} planted violations were not found`;
    return;
  }
  if (duplicateEffects > 0) yield `${duplicateEffects} duplicate effects`;
  if (violations.length > 0) {
    const broken = [...new Set(violations.map(({ invariant }) => invariant))];
    yield `${violations.length} violations of ${broken.join(', ')}`;
  }
}

function nameOf({ faultClass, scenario }: FaultReport): string {
  return `${faultClass}, ${scenario}`;
}
