import { describe, expect, it } from '@jest/globals';
import { DOCUMENTED_ANSWERS, GENERAL_ANSWERS, type PrimerCallName } from '@tollgate/primer-client';
import { MATRIX } from './matrix.ts';
import { nameOf } from './matrix.types.ts';

describe('the conformance matrix', () => {
  it('has a row for every documented answer of every call', () => {
    const rows = new Set(MATRIX.map(({ call, expected }) => `${call} ${JSON.stringify(expected)}`));
    const missing = Object.entries(DOCUMENTED_ANSWERS).flatMap(([call, answers]) =>
      [...answers, ...GENERAL_ANSWERS]
        .map((answer) => `${call} ${JSON.stringify(answer)}`)
        .filter((text) => !rows.has(text)),
    );
    expect(missing).toEqual([]);
  });

  it('expects nothing that the documents do not say', () => {
    const undocumented = MATRIX.filter(({ call, expected }) => {
      const answers: readonly object[] = [...DOCUMENTED_ANSWERS[call satisfies PrimerCallName], ...GENERAL_ANSWERS];
      return expected !== undefined && !answers.some((answer) => JSON.stringify(answer) === JSON.stringify(expected));
    });
    expect(undocumented.map(nameOf)).toEqual([]);
  });

  it('names every row once', () => {
    const names = MATRIX.map(nameOf);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
