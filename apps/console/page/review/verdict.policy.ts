import type { ApprovalAnswer, ApprovalEffect } from '@tollgate/contracts';

/** What is to be said about an approval that cannot be decided any more, or not yet told the end of. */
export interface Verdict {
  readonly tone: 'info' | 'good' | 'warn' | 'bad';
  readonly headline: string;
  readonly text: string;
}

/**
 * What became of an approval, in words that never say more than what has happened: "approved" alone is not "charged".
 * @param leftMs what is left to decide; undefined when it does not expire
 * @returns undefined while it is waiting for a decision and can get one
 */
export function toVerdict(approval: ApprovalAnswer, leftMs: number | undefined): Verdict | undefined {
  const { decision } = approval;
  if (decision === 'pending') {
    return leftMs === 0
      ? {
          tone: 'warn',
          headline: 'Time is over',
          text: 'Nobody decided in time, and nobody can any more. What the deadline makes of it is shown as soon as it is known.',
        }
      : undefined;
  }
  return decision === 'cancelled' ? toEndWithoutDecision(approval) : toEffect(approval);
}

/** Begins the reason of a review whose attempt somebody else than a reviewer has approved, as the contract says. */
const APPROVED_BY = 'approved-by-';
/** Reasons with which only the reviewers' time is over: an attempt's deadline may approve where its merchant lets it. */
const OUT_OF_TIME: readonly string[] = ['expired', 'decided-late'];

function toEndWithoutDecision({ tollgate, note, resourceType }: ApprovalAnswer): Verdict {
  const reason = tollgate.effectReason ?? note;
  if (reason?.startsWith(APPROVED_BY)) {
    const by = reason.slice(APPROVED_BY.length);
    const text = `No reviewer decided it, and it was approved all the same, by the ${by}. What came of it is the attempt's outcome.`;
    return { tone: 'warn', headline: 'Void', text };
  }
  if (reason !== null && OUT_OF_TIME.includes(reason) && resourceType === 'payment_attempt') {
    const text = `It ended without a decision: ${reason}. No reviewer approved it; what its deadline made of it is the attempt's outcome.`;
    return { tone: 'bad', headline: 'Void', text };
  }
  const text = reason === null ? 'It ended without a decision.' : `It ended without a decision: ${reason}.`;
  return { tone: 'bad', headline: 'Void', text: `${text} Nothing was approved.` };
}

/** By what a decision came to. */
const EFFECTS: Readonly<Record<ApprovalEffect, Pick<Verdict, 'tone' | 'text'> & { readonly ending: string }>> = {
  none: { tone: 'info', ending: '', text: 'It has not taken effect yet.' },
  applied: { tone: 'good', ending: '', text: 'It took effect.' },
  superseded: { tone: 'bad', ending: ', without effect', text: 'Another decision was first.' },
  refused_late: {
    tone: 'bad',
    ending: ', too late',
    text: 'The shopper had already seen a failure, so nothing was charged.',
  },
  void: { tone: 'bad', ending: ', then void', text: 'It has no effect.' },
};

function toEffect({ tollgate, decision, reviewer }: ApprovalAnswer): Verdict {
  const { tone, ending, text } = EFFECTS[tollgate.effect];
  const by = reviewer === null ? '' : ` by ${reviewer}`;
  const because = tollgate.effectReason === null ? '' : ` (${tollgate.effectReason})`;
  return {
    tone: decision === 'rejected' && tone === 'good' ? 'bad' : tone,
    headline: `${decision === 'approved' ? 'Approved' : 'Rejected'}${by}${ending}`,
    text: `${text}${because}`,
  };
}
