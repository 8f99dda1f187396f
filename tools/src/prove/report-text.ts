import { formatTable } from '@tollgate/platform';
import type { Proof } from './proof.types.ts';
import { sumUpChecker, sumUpClasses } from './summary.policy.ts';

/** What a person reads in the terminal when a proof is over. */
export function toReportText({ facts, reports, tests, failures }: Proof): string {
  const checker = sumUpChecker(reports);
  const rows = sumUpClasses(reports).map((each) => [
    each.faultClass,
    ...[each.injected, each.checkouts, each.duplicateExecutions, each.duplicateEffects, each.violations].map(String),
    `${Math.round(each.seconds)} s`,
  ]);
  const columns = ['class', 'faults', 'checkouts', 'repeated', 'doubled', 'violations', 'time'];
  return [
    formatTable(
      columns.map((title, index) => ({ title, align: index === 0 ? 'left' : 'right' })),
      rows,
    ),
    '  repeated: absorbed because it had taken effect before; doubled: took effect twice',
    '',
    `planted violations: ${checker.found} of ${checker.planted} found`,
    `tests: ${tests.filter(({ passed }) => passed).length} of ${tests.length} passed, ${Math.round(facts.seconds)} s`,
    '',
    failures.length === 0 ? 'every promise held' : 'NOT every promise held:',
    ...failures.map((failure) => `  ✗ ${failure}`),
  ].join('\n');
}
