import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Violation } from '../invariants/world.types.ts';

/** What one scenario did to the system and what came of it; `npm run prove` gathers these into its report. */
export interface FaultReport {
  /** One of `crash points`, `process`, `broker`, `database`, `network`, `rebalance`, `traffic`, `provider`, `reviews`, `checker`. */
  faultClass: string;
  scenario: string;
  /** Faults that really happened: kills that reached their point, records that were sent, violations that were planted. */
  injected: number;
  /** Checkouts that were under way. */
  checkouts?: number;
  /** How often something was tried again that had been done before: duplicates absorbed. */
  duplicateExecutions?: number;
  /** How often it took effect again. Anything but 0 is a broken promise. */
  duplicateEffects?: number;
  /** For the checker: planted violations that were found. */
  found?: number;
  violations: readonly Violation[];
  seconds: number;
  notes?: readonly string[];
}

/** Writes the report as a JSON file of its own into `PROVE_REPORT_DIR`; without that variable it does nothing. */
export function reportFault(report: FaultReport, environment: NodeJS.ProcessEnv = process.env): void {
  const folder = environment.PROVE_REPORT_DIR;
  if (folder === undefined || folder === '') return;
  mkdirSync(folder, { recursive: true });
  const name = `${report.faultClass} ${report.scenario}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const file = `${name.slice(0, 80)}-${randomBytes(4).toString('hex')}.json`;
  writeFileSync(join(folder, file), `${JSON.stringify(report, undefined, 2)}\n`);
}
