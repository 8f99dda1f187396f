import { formatTable } from '@tollgate/platform';
import type { RowResult } from './matrix.types.ts';

/** Everything a run found out. */
export interface ConformanceReport {
  readonly server: string;
  readonly apiVersion: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly counts: Readonly<Record<RowResult['verdict'], number>>;
  readonly rows: readonly RowResult[];
}

/** How many rows had which verdict. */
export function countVerdicts(rows: readonly RowResult[]): ConformanceReport['counts'] {
  const counts = { 'as documented': 0, otherwise: 0, noted: 0, 'not tried': 0 };
  for (const { verdict } of rows) counts[verdict] += 1;
  return counts;
}

/** The report as text: a table of what was documented, one of what the documents leave open, and the counts. */
export function toConformanceText({ rows, counts, server }: ConformanceReport): string {
  const documented = rows.filter(({ expected }) => expected !== undefined);
  const open = rows.filter(({ expected }) => expected === undefined);
  const columns = [{ title: 'call' }, { title: 'documented' }, { title: 'case' }, { title: 'answered' }];
  return [
    formatTable(
      columns,
      documented.map((row) => [row.call, toDocumented(row), row.when, toVerdict(row)]),
    ),
    ...(open.length === 0
      ? []
      : [
          '\n  The documents leave open, and this server answered:\n',
          formatTable(
            [{ title: 'call' }, { title: 'case' }, { title: 'answered' }],
            open.map((row) => [row.call, row.when, toFinding(row)]),
          ),
        ]),
    `\n  ${server}: ${Object.entries(counts)
      .map(([verdict, count]) => `${count} ${verdict}`)
      .join(', ')}`,
  ].join('\n');
}

function toDocumented({ expected }: RowResult): string {
  return expected === undefined ? '' : [expected.status, expected.errorId ?? ''].join(' ').trim();
}

function toVerdict(row: RowResult): string {
  switch (row.verdict) {
    case 'as documented':
      return row.answer?.isForced === true ? '✓ (as it was told to)' : '✓';
    case 'not tried':
      return `– ${row.reason ?? ''}`;
    default:
      return `✗ ${toAnswered(row)}${row.reason?.startsWith('answered') === true ? '' : `: ${row.reason ?? ''}`}`;
  }
}

function toFinding(row: RowResult): string {
  const { answer, reason = '' } = row;
  return answer === undefined ? `– ${reason}` : [toAnswered(row), answer.note].filter(Boolean).join('; ');
}

function toAnswered({ answer }: RowResult): string {
  return [answer?.status ?? answer?.trouble ?? 'nothing', answer?.errorId ?? ''].join(' ').trim();
}
