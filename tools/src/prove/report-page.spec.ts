import { describe, expect, it } from '@jest/globals';

import type { Proof } from './proof.types.ts';
import { toReportPage } from './report-page.ts';
import { toReportText } from './report-text.ts';

const proof: Proof = {
  facts: {
    seed: 42,
    scale: 'quick',
    commit: 'abc123',
    startedAt: '2026-11-21T08:15:00.000Z',
    seconds: 754,
    machine: '2 × a processor',
  },
  reports: [
    {
      faultClass: 'broker',
      scenario: 'kill -9',
      injected: 7,
      checkouts: 900,
      duplicateExecutions: 31,
      duplicateEffects: 0,
      violations: [{ invariant: 'I4', subject: 'payment-1', problem: 'was made <twice>' }],
      seconds: 60,
    },
    {
      faultClass: 'checker',
      scenario: 'a lost row',
      injected: 1,
      found: 1,
      violations: [{ invariant: 'I2', subject: 'attempt-1', problem: 'was never announced' }],
      seconds: 1,
    },
  ],
  tests: [{ file: 'broker.spec.ts', title: 'breaks no promise', passed: false, message: 'Error: expected []' }],
  failures: ['broker, kill -9: 1 violations of I4'],
};

describe('the report of a proof', () => {
  it('tells by what to repeat it, on what it ran, what was done and what was broken', () => {
    const page = toReportPage(proof);
    for (const part of ['Not every promise held', '--seed 42 --quick', 'abc123', '12 min 34 s', '2 × a processor']) {
      expect(page).toContain(part);
    }
    expect(page).toContain('<td>broker</td><td class="number">1</td><td class="number">7</td>');
    expect(page).toContain('I2: was never announced');
    expect(page).toContain('Error: expected []');
  });

  it('lets nothing that a test said become markup, and needs nothing from elsewhere', () => {
    const page = toReportPage(proof);
    expect(page).toContain('was made &lt;twice&gt;');
    expect(page).not.toMatch(/<script|<link|\bsrc=|https?:/);
  });

  it('lists what a scenario has much to say of below its row, not within', () => {
    const [broker, checker] = proof.reports;
    const page = toReportPage({ ...proof, reports: [{ ...broker!, notes: ['one', 'two', '<three>'] }, checker!] });

    expect(page).toContain('<td>3, below</td>');
    expect(page).toContain('<ul><li>one</li><li>two</li><li>&lt;three&gt;</li></ul>');
  });

  it('says in the terminal whether every promise held', () => {
    expect(toReportText(proof)).toContain('✗ broker, kill -9: 1 violations of I4');
    expect(toReportText({ ...proof, failures: [] })).toContain('every promise held');
    expect(toReportText(proof)).toContain('1 of 1 found');
  });
});
