import type { DraftEntry, RecordedEntries } from './entry.types.ts';
import { toEvidenceFacts, toEffectiveAtUs, type Evidence } from './evidence.policy.ts';
import { mergeFacts, NO_FACTS, toLinkFacts, type AttemptLink, type PaymentFacts } from './facts.policy.ts';
import { compareBigints } from './order.policy.ts';
import { isZeroSale, toPosition } from './position.policy.ts';
import { sumPostings } from './posting-sum.policy.ts';
import type { Position, Posting } from './posting.types.ts';

/** By how much the position changed at one moment, and which evidence says so. */
export interface PositionStep {
  readonly effectiveAtUs: bigint;
  readonly evidenceIds: readonly string[];
  readonly change: Position;
  /** From here on the payment is known to be over an amount of 0: its entry is due although it moves no money. */
  readonly isZeroSale: boolean;
}

/** All that the evidence of one payment amounts to. */
export interface PaymentHistory {
  readonly facts: PaymentFacts;
  readonly position: Position;
  /** In time order; the changes add up to `position`. */
  readonly steps: readonly PositionStep[];
}

/**
 * Lays the evidence of a payment out in time. At each moment the position is that of all evidence effective by then,
 * so that balances as of a day come out the same for every order of arrival. The link to an attempt has no time of its
 * own: it counts from the beginning.
 */
export function toHistory(evidence: readonly Evidence[], attempt: AttemptLink | undefined): PaymentHistory {
  let facts = attempt === undefined ? NO_FACTS : toLinkFacts(attempt);
  let position: Position = [];
  const steps: PositionStep[] = [];
  for (const [effectiveAtUs, group] of groupByTime(evidence)) {
    const wasZeroSale = isZeroSale(facts);
    for (const each of group) facts = mergeFacts(facts, toEvidenceFacts(each));
    const next = toPosition(facts);
    steps.push({
      effectiveAtUs,
      evidenceIds: group.map((each) => each.evidenceId),
      change: subtract(next, position),
      isZeroSale: !wasZeroSale && isZeroSale(facts),
    });
    position = next;
  }
  return { facts, position, steps };
}

/**
 * What is still to be written: for every moment the change that the history asks for, minus what is recorded there.
 * Late evidence thus corrects the moments after it too, and evidence that changes nothing writes nothing.
 * @param newEvidenceIds the evidence that has just come in; it is named as the reason for corrections
 */
export function toEntries(
  history: PaymentHistory,
  recorded: RecordedEntries,
  newEvidenceIds: readonly string[],
): DraftEntry[] {
  const steps = new Map(history.steps.map((step) => [step.effectiveAtUs, step]));
  const recordedByTime = Map.groupBy(recorded.postings, (posting) => posting.effectiveAtUs);
  const times = [...new Set([...steps.keys(), ...recordedByTime.keys()])].toSorted(compareBigints);
  const isNew = new Set(newEvidenceIds);
  return times.flatMap((effectiveAtUs) => {
    const step = steps.get(effectiveAtUs);
    const postings = subtract(step?.change ?? [], recordedByTime.get(effectiveAtUs) ?? []);
    const isDue = postings.length > 0 || (step?.isZeroSale === true && !recorded.enteredAtUs.has(effectiveAtUs));
    const evidenceId = step?.evidenceIds.findLast((id) => isNew.has(id)) ?? newEvidenceIds.at(-1);
    return isDue ? [{ effectiveAtUs, evidenceId, postings }] : [];
  });
}

function subtract(target: Position, recorded: readonly Posting[]): Position {
  const negated = recorded.map((posting) => ({ ...posting, amountMinor: -posting.amountMinor }));
  return sumPostings([...target, ...negated]);
}

function groupByTime(evidence: readonly Evidence[]): [bigint, Evidence[]][] {
  return [...Map.groupBy(evidence, toEffectiveAtUs)].toSorted(([a], [b]) => compareBigints(a, b));
}
