import type { Posting } from './posting.types.ts';

/** A set of postings that sums to zero per currency and layer; empty where something happened that moves no money. */
export interface DraftEntry {
  /** When it became true, by the provider's clock. Microseconds since 1970, UTC. */
  readonly effectiveAtUs: bigint;
  /** The evidence that made us write it; absent where only a link to an attempt did. */
  readonly evidenceId: string | undefined;
  readonly postings: readonly Posting[];
}

/** A posting that is in the journal already, with the time its entry became effective. */
export interface RecordedPosting extends Posting {
  readonly effectiveAtUs: bigint;
}

/** What is in the journal about one payment. */
export interface RecordedEntries {
  readonly postings: readonly RecordedPosting[];
  /** Effective times that have an entry, also one without postings. */
  readonly enteredAtUs: ReadonlySet<bigint>;
}
