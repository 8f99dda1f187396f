import { type ConcludeActionBody, KnownError, type PaymentSnapshot } from '@tollgate/contracts';
import { isTerminal } from '../actions/action.states.ts';
import type { Action, IncidentKind, Settled } from '../actions/action.types.ts';
import { type Finding, isWanted, mayBeMeant, toWanted } from '../actions/find-payment.policy.ts';
import { conclude } from '../actions/settle-step.policy.ts';

/** What Primer says when it is asked whether a person may be right. */
export interface Evidence {
  /** The payment that the person names, if Primer shows it, or lists it and cannot show it, and no other attempt has it. */
  readonly named: PaymentSnapshot | undefined;
  /** What looking for the attempt's payment came to. */
  readonly finding: Finding['kind'];
}

/**
 * A person is asked only where the gateway has nothing left to do but to look: its last approve is over, and whatever it
 * made is in Primer's list by now.
 * @throws KnownError ATTEMPT_CONCLUDED, ATTEMPT_NOT_STUCK
 */
export function assertStuck(
  action: Action,
  now: Date,
  { approveOverrunMs, noneCountsAfterMs }: { readonly approveOverrunMs: number; readonly noneCountsAfterMs: number },
): void {
  if (isTerminal(action.state)) {
    throw new KnownError('ATTEMPT_CONCLUDED', { facts: { outcome: action.state } });
  }
  const isOpenAt = action.clocks.approveBy.getTime() + approveOverrunMs + noneCountsAfterMs;
  if (action.state !== 'UNKNOWN' || action.step === 'approve' || now.getTime() < isOpenAt) {
    const facts = { state: action.state, step: action.step, notBefore: new Date(isOpenAt).toISOString() };
    throw new KnownError('ATTEMPT_NOT_STUCK', { facts });
  }
}

/**
 * The action as a person closes it, never against what Primer shows. Whether a payment of another amount is the
 * attempt's is theirs to say: if so, the shop is paid otherwise than was decided.
 * @throws KnownError CONTRADICTS_PROVIDER, or PROVIDER_UNAVAILABLE when Primer did not say
 */
export function concludeByPerson(action: Action, wish: ConcludeActionBody, evidence: Evidence, now: Date): Settled {
  if (wish.outcome === 'paid') {
    const { named } = evidence;
    const wanted = toWanted(action);
    const isMeant = named !== undefined && (wanted.mayDiffer ? mayBeMeant(named, wanted) : isWanted(named, wanted));
    if (!isMeant) {
      throw new KnownError('CONTRADICTS_PROVIDER', {
        detail: "Primer shows no such payment of this attempt's order, amount, currency and instrument",
        facts: { paymentId: wish.paymentId },
      });
    }
    const paid = { ...conclude(action, 'APPROVED', 'as-decided', now), paymentId: wish.paymentId };
    const incidents: IncidentKind[] = [
      ...(action.approveCalls === 0 ? (['PAID_AGAINST_ABORT'] as const) : []),
      ...(isWanted(named, wanted) ? [] : (['APPROVED_OTHER_THAN_DECIDED'] as const)),
    ];
    return { action: paid, incidents, announce: 'concluded', key: 'works' };
  }
  if (evidence.finding === 'unavailable' || evidence.finding === 'key-refused') {
    throw new KnownError('PROVIDER_UNAVAILABLE', { detail: 'Whether there is a payment could not be asked' });
  }
  // What Primer does not show contradicts nobody: it is for the person to find out what it is.
  if (!['none', 'differing', 'unreadable'].includes(evidence.finding)) {
    throw new KnownError('CONTRADICTS_PROVIDER', {
      detail: "Primer shows a payment that fits: say which is the attempt's",
      facts: { finding: evidence.finding },
    });
  }
  const closed = conclude(action, 'REJECTED', 'closed-by-operator', now);
  return { action: closed, incidents: [], announce: 'concluded', key: 'works' };
}
