import { KnownError, type Principal, type RuleSetStatus, type RuleSetStep } from '@tollgate/contracts';
import type { RuleSetActor, RuleSetRow } from './rule-set-life.types.ts';

/** Shadows cost an evaluation of every attempt each. */
export const SHADOWS_MAX = 3;

/** Where each step may start, and where it leads. A set that went out of use can be tried again. */
const STEPS: Readonly<Record<RuleSetStep, { readonly from: readonly RuleSetStatus[]; readonly to: RuleSetStatus }>> = {
  shadow: { from: ['draft', 'retired'], to: 'shadow' },
  propose: { from: ['shadow'], to: 'shadow' },
  promote: { from: ['shadow'], to: 'live' },
  retire: { from: ['draft', 'shadow'], to: 'retired' },
};

/** What a step does to a set; undefined where it was done already and nothing is left to do. */
export interface RuleSetMove {
  readonly to: RuleSetStatus;
  readonly proposedBy: RuleSetActor | null;
  readonly proposalNote: string | null;
}

/**
 * Says what a step does. Taking it again changes nothing, so that an answer that was lost can be asked for once more.
 * @throws KnownError RULESET_STATUS_CONFLICT where the step does not lead on from where the set is
 * @throws KnownError SECOND_PERSON_NEEDED where somebody would put their own proposal live, or a machine would
 */
export function stepOf(
  step: RuleSetStep,
  ruleSet: Pick<RuleSetRow, 'status' | 'proposed_by' | 'version'>,
  actor: RuleSetActor,
  note: string | null,
): RuleSetMove | undefined {
  const { from, to } = STEPS[step];
  const { status, proposed_by: proposedBy } = ruleSet;
  if (step === 'propose' && status === 'shadow') {
    assertPerson(actor);
    return proposedBy?.personId === actor.personId ? undefined : { to, proposedBy: actor, proposalNote: note };
  }
  if (status === to) return undefined;
  if (!from.includes(status)) {
    throw conflict(`A set that is ${status} cannot take the step "${step}": that starts at ${from.join(' or ')}`);
  }
  if (step === 'promote') assertSecondPerson(proposedBy, actor);
  return { to, proposedBy: null, proposalNote: null };
}

/** @throws KnownError RULESET_STATUS_CONFLICT, with the reason */
export function conflict(detail: string): KnownError {
  return new KnownError('RULESET_STATUS_CONFLICT', { detail });
}

/** The caller as rule sets remember them. */
export function toActor(principal: Principal): RuleSetActor {
  if (principal.kind === 'person') {
    return { kind: 'person', personId: principal.personId, displayName: principal.displayName };
  }
  return { kind: 'operator', personId: null, displayName: 'operator' };
}

function assertSecondPerson(proposedBy: RuleSetActor | null, actor: RuleSetActor): void {
  if (proposedBy === null) throw conflict('Nobody has proposed this set: one person proposes, another one promotes');
  assertPerson(actor);
  if (proposedBy.personId === actor.personId) {
    throw new KnownError('SECOND_PERSON_NEEDED', { detail: 'Who proposed a set cannot put it live' });
  }
}

/**
 * Of steps that make somebody responsible for what a rule does: a machine's token says nothing about who holds it.
 * @throws KnownError SECOND_PERSON_NEEDED
 */
export function assertPerson(actor: RuleSetActor): void {
  if (actor.kind !== 'person') {
    throw new KnownError('SECOND_PERSON_NEEDED', { detail: 'Only people draft, propose, promote and roll back' });
  }
}
