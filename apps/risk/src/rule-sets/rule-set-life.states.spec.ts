import { describe, expect, it } from '@jest/globals';
import { RULE_SET_STATUSES, RULE_SET_STEPS, type RuleSetStatus, type RuleSetStep } from '@tollgate/contracts';
import { stepOf } from './rule-set-life.states.ts';
import type { RuleSetActor } from './rule-set-life.types.ts';

const ADA: RuleSetActor = { kind: 'person', personId: 'a', displayName: 'Ada' };
const BOB: RuleSetActor = { kind: 'person', personId: 'b', displayName: 'Bob' };
const MACHINE: RuleSetActor = { kind: 'operator', personId: null, displayName: 'operator' };

const after = (step: RuleSetStep, status: RuleSetStatus, by = BOB, proposedBy: RuleSetActor | null = ADA) =>
  stepOf(step, { version: 'v', status, proposed_by: proposedBy }, by, null)?.to ?? 'unchanged';

function outcomeOf(step: RuleSetStep, status: RuleSetStatus): string {
  try {
    return after(step, status);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('the life of a rule set', () => {
  it('has these steps and no others', () => {
    const table = RULE_SET_STEPS.map((step) => [step, ...RULE_SET_STATUSES.map((status) => outcomeOf(step, status))]);
    const no = 'RULESET_STATUS_CONFLICT';
    expect(table).toEqual([
      // from:      draft      shadow       live         retired
      ['shadow', 'shadow', 'unchanged', no, 'shadow'],
      ['propose', no, 'shadow', no, no],
      ['promote', no, 'live', 'unchanged', no],
      ['retire', 'retired', 'retired', no, 'unchanged'],
    ]);
  });

  it.each([
    ['who proposed it', ADA, ADA, 'SECOND_PERSON_NEEDED'],
    ['a machine', MACHINE, ADA, 'SECOND_PERSON_NEEDED'],
    ['anybody, while nobody has proposed it', BOB, null, 'RULESET_STATUS_CONFLICT'],
  ])('is never put live by %s', (_who, by, proposedBy, code) => {
    expect(() => after('promote', 'shadow', by, proposedBy)).toThrow(expect.objectContaining({ code }));
  });

  it('is proposed by people alone', () => {
    expect(() => after('propose', 'shadow', MACHINE)).toThrow(
      expect.objectContaining({ code: 'SECOND_PERSON_NEEDED' }),
    );
  });
});
