import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PRIMER_API_VERSION } from '@tollgate/primer-client';
import type { ConformanceOptions } from './conformance-options.ts';
import { type ConformanceReport, countVerdicts, toConformanceText } from './conformance-report.ts';
import { goThrough, MATRIX } from './matrix.ts';
import { nameOf, type RowResult } from './matrix.types.ts';
import { Stage } from './stage.ts';
import { WebhookListener } from './webhook-listener.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const EXIT = { asDocumented: 0, otherwise: 1, unreachable: 3 } as const;

/**
 * Goes through the matrix, shows what came of it and writes the report.
 * @returns the exit code
 */
export async function conform({
  stage: stageOptions,
  webhookPort,
  only,
  reportFile,
}: ConformanceOptions): Promise<number> {
  const webhooks = webhookPort === undefined ? undefined : await WebhookListener.start(webhookPort);
  const stage = new Stage({ ...stageOptions, ...(webhooks === undefined ? {} : { webhooks }) });
  try {
    const trouble = await findTrouble(stage);
    if (trouble !== undefined) {
      console.error(`${stageOptions.url} ${trouble}`);
      return EXIT.unreachable;
    }
    const startedAt = new Date();
    const rows: RowResult[] = [];
    for (const row of MATRIX) {
      // One after the other: many rows say what comes next, and a sandbox is no place for a crowd.
      if (only === undefined || nameOf(row).includes(only)) rows.push(await goThrough(row, stage));
    }
    const report: ConformanceReport = {
      server: stageOptions.url,
      apiVersion: PRIMER_API_VERSION,
      startedAt: startedAt.toISOString(),
      seconds: (Date.now() - startedAt.getTime()) / 1_000,
      counts: countVerdicts(rows),
      rows,
    };
    console.log(toConformanceText(report));
    console.log(`  every answer: ${write(report, reportFile)}`);
    return report.counts.otherwise === 0 ? EXIT.asDocumented : EXIT.otherwise;
  } finally {
    await stage.close();
    await webhooks?.stop();
  }
}

/** Why nothing could be found out; undefined when the server answers to this key. */
async function findTrouble(stage: Stage): Promise<string | undefined> {
  const { status, trouble } = await stage.ask({ call: 'listPayments', query: new URLSearchParams({ limit: '1' }) });
  if (status === undefined) return `cannot be reached: ${trouble ?? 'no answer'}`;
  return status === 401 || status === 403 ? `refuses the key (${status})` : undefined;
}

/** @returns where it was written */
function write(report: ConformanceReport, reportFile: string | undefined): string {
  const name = `${report.startedAt.replace(/\.\d+/, '').replaceAll(':', '-')}.json`;
  const file = reportFile ?? path.join(ROOT, '.tollgate', 'conformance', name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
  return file;
}
