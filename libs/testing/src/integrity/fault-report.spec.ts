import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { reportFault } from './fault-report.ts';
import type { FaultReport } from './fault-report.ts';

const report: FaultReport = { faultClass: 'broker', scenario: 'kill -9', injected: 2, violations: [], seconds: 1.5 };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-test-report-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('reportFault', () => {
  it('writes each report into a file of its own, the same scenario twice too', () => {
    reportFault(report, { PROVE_REPORT_DIR: folder });
    reportFault(report, { PROVE_REPORT_DIR: folder });

    const files = readdirSync(folder);
    expect(files).toHaveLength(2);
    for (const file of files) expect(JSON.parse(readFileSync(join(folder, file), 'utf8'))).toEqual(report);
  });

  it('does nothing when nobody asked for a report', () => {
    expect(() => reportFault(report, {})).not.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });
});
