import { describe, expect, it } from '@jest/globals';
import { findDraftProblems, toLineRange } from './draft-problem.policy.ts';

describe('what is wrong with a document', () => {
  it.each([
    [
      'line 4, column 11, rule "too-much", rules.0.when, character 34: No such key: amont',
      { line: 4, where: 'rule "too-much", rules.0.when, character 34', message: 'No such key: amont' },
    ],
    ['line 12, column 1: Map keys must be unique', { line: 12, where: '', message: 'Map keys must be unique' }],
    ['line 2, column 1, : Unrecognized key: "rulez"', { line: 2, where: '', message: 'Unrecognized key: "rulez"' }],
    ['line 1, column 1, default: expected', { line: 1, where: 'default', message: 'expected' }],
    ['Excessive alias count', { line: undefined, where: '', message: 'Excessive alias count' }],
  ])('is told by its line, and by its rule: %s', (problem, told) => {
    expect(findDraftProblems({ facts: { problems: [problem] } })).toEqual([told]);
  });

  it('is nothing where none is named', () => {
    expect(findDraftProblems({})).toEqual([]);
    expect(findDraftProblems({ facts: { paths: [] } })).toEqual([]);
  });
});

describe('a line', () => {
  const text = 'name: a\r\nrules:\n\n  - b';
  it.each([
    [1, 'name: a\r'],
    [2, 'rules:'],
    [3, ''],
    [4, '  - b'],
    [9, ''],
  ])('is found in its text: line %d', (line, found) => {
    const { from, to } = toLineRange(text, line);
    expect(text.slice(from, to)).toBe(found);
  });
});
