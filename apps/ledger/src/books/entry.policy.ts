import type { PaymentSnapshot } from '@tollgate/contracts';
import { mergeFacts, NO_FACTS, toFacts, toLinkFacts, type AttemptLink, type PaymentFacts } from './facts.policy.ts';
import { toInstantUs } from './instant.policy.ts';
import { toPosition } from './position.policy.ts';
import type { DraftEntry, RecordedEntries } from './entry.types.ts';
import type { Position, Posting } from './posting.types.ts';

/** One distinct thing that was said about a payment. */
export interface Evidence {
  readonly evidenceId: string;
  readonly receivedAtUs: bigint;
  readonly snapshot: PaymentSnapshot;
}

/** By how much the position changed at one moment, and which evidence says so. */
export interface PositionStep {
  readonly effectiveAtUs: bigint;
  readonly evidenceIds: readonly string[];
  readonly change: Position;
  /** The status changed here: an entry is due even where no money moves. */
  readonly isMilestone: boolean;
}

/** All that the evidence of one payment amounts to. */
export interface PaymentHistory {
  readonly facts: PaymentFacts;
  readonly position: Position;
  /** In time order; the changes add up to `position`. */
  readonly steps: readonly PositionStep[];
}

/** When a snapshot became true: its own time, else the payment's creation, else our receipt. */
export function toEffectiveAtUs(evidence: Evidence): bigint {
  const { dateUpdated, date } = evidence.snapshot;
  return toInstantUs(dateUpdated) ?? toInstantUs(date) ?? evidence.receivedAtUs;
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
    const statusBefore = facts.status?.value;
    for (const { snapshot } of group) facts = mergeFacts(facts, toFacts(snapshot));
    const next = toPosition(facts);
    steps.push({
      effectiveAtUs,
      evidenceIds: group.map((each) => each.evidenceId),
      change: subtract(next, position),
      isMilestone: facts.status?.value !== statusBefore,
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
    const isDue = postings.length > 0 || (step?.isMilestone === true && !recorded.enteredAtUs.has(effectiveAtUs));
    const evidenceId = step?.evidenceIds.findLast((id) => isNew.has(id)) ?? newEvidenceIds.at(-1);
    return isDue ? [{ effectiveAtUs, evidenceId, postings }] : [];
  });
}

/** True when the postings sum to zero per currency and layer: asserted before the database asserts it again. */
export function isBalanced(postings: readonly Posting[]): boolean {
  const sums = new Map<string, bigint>();
  for (const { currency, layer, amountMinor } of postings) {
    const key = `${currency}/${layer}`;
    sums.set(key, (sums.get(key) ?? 0n) + amountMinor);
  }
  return [...sums.values()].every((sum) => sum === 0n);
}

/** Sums postings by account, currency and layer and leaves out what cancels; sorted, so that equal sums are equal. */
export function sumPostings(postings: readonly Posting[]): Position {
  const sums = new Map<string, Posting>();
  for (const { account, currency, layer, amountMinor } of postings) {
    const key = JSON.stringify([currency, layer, account]);
    const before = sums.get(key)?.amountMinor ?? 0n;
    sums.set(key, { account, currency, layer, amountMinor: before + amountMinor });
  }
  return [...sums]
    .filter(([, posting]) => posting.amountMinor !== 0n)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, posting]) => posting);
}

function subtract(target: Position, recorded: readonly Posting[]): Position {
  const negated = recorded.map((posting) => ({ ...posting, amountMinor: -posting.amountMinor }));
  return sumPostings([...target, ...negated]);
}

function groupByTime(evidence: readonly Evidence[]): [bigint, Evidence[]][] {
  return [...Map.groupBy(evidence, toEffectiveAtUs)].toSorted(([a], [b]) => compareBigints(a, b));
}

function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}
