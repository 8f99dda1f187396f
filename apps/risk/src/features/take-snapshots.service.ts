import { Injectable } from '@nestjs/common';
import type { AttemptClocks, AttemptTokenisedData } from '@tollgate/contracts';
import type { Transaction } from '@tollgate/persistence';
import { ListEntryRepository } from '../lists/list-entry.repository.ts';
import { type KeyedAttempt, measureBatch, toKeyedAttempts, type VelocityState } from '../velocity/velocity.policy.ts';
import { VelocityRepository } from '../velocity/velocity.repository.ts';
import type { VelocityMeasurement } from '../velocity/velocity.types.ts';
import { AttemptIdentifier } from './attempt-identifier.service.ts';
import { type AttemptContext, type FeatureSnapshot, type RememberedKind, toFeatureSnapshot } from './feature.policy.ts';

/** An attempt and its clocks. */
export interface AttemptToDescribe {
  readonly attempt: AttemptTokenisedData;
  readonly clocks: AttemptClocks;
}

/** The snapshots of a batch, in its order. */
export interface BatchSnapshots {
  readonly snapshots: readonly FeatureSnapshot[];
  /**
   * Records the batch, so that later attempts see it. To be called once in the same transaction, together with the
   * statements that record what was made of the snapshots.
   */
  readonly record: () => Promise<void>;
}

/** Takes the snapshots on which a batch of attempts is decided: a handful of statements, whatever the batch's size. */
@Injectable()
export class TakeSnapshots {
  readonly #identifier: AttemptIdentifier;
  readonly #lists: ListEntryRepository;
  readonly #velocity: VelocityRepository;

  constructor(identifier: AttemptIdentifier, lists: ListEntryRepository, velocity: VelocityRepository) {
    this.#identifier = identifier;
    this.#lists = lists;
    this.#velocity = velocity;
  }

  /**
   * Other batches of the same merchants wait from here on until the transaction ends.
   * @param measurements those of every rule set that will read the snapshots, each once
   */
  async take(
    transaction: Transaction,
    measurements: readonly VelocityMeasurement[],
    described: readonly AttemptToDescribe[],
  ): Promise<BatchSnapshots> {
    const values = described.map(({ attempt }) => this.#identifier.identify(attempt));
    const keyed = toKeyedAttempts(
      described.map(({ attempt, clocks }, index) => ({
        merchantId: attempt.merchantId,
        atMs: Date.parse(clocks.receivedAt),
        amountMinor: BigInt(attempt.order.amountMinor),
        currency: attempt.order.currency,
        values: values[index]!,
      })),
    );
    const listable = described.map(({ attempt }, index) => ({ attempt, values: values[index]! }));
    // Issued together, carried out in this order.
    const [listed, state] = await Promise.all([
      this.#lists.findMatches(transaction, listable),
      this.#velocity.lockAndRead(transaction, measurements, keyed),
    ]);
    const measured = measureBatch(measurements, keyed, state);
    const snapshots = described.map(({ attempt, clocks }, index) =>
      toFeatureSnapshot(attempt, {
        values: values[index]!,
        receivedAt: new Date(clocks.receivedAt),
        ...listed[index]!,
        history: toHistory(keyed[index]!, state),
        velocity: measured.values[index]!,
      }),
    );
    return { snapshots, record: () => this.#velocity.write(transaction, state, measured.updates) };
  }
}

/** What was recorded of an attempt's card and customer before the batch. */
function toHistory({ keys }: KeyedAttempt, { subjects }: VelocityState): AttemptContext['history'] {
  const remembered = (kind: RememberedKind) => {
    const known = subjects.get(keys[kind] ?? '');
    return known === undefined ? {} : { [kind]: { firstSeenMs: known.firstSeenMs, ...known.history } };
  };
  return { ...remembered('card'), ...remembered('customer') };
}
