import { Injectable } from '@nestjs/common';
import type { EventTransaction } from '@tollgate/messaging';
import { AttemptWatch } from '../answers/attempt-watch.service.ts';
import { AttemptMetrics } from './attempt-metrics.service.ts';
import { AttemptRepository } from './attempt.repository.ts';
import { type AttemptFacts, equalFacts, mergeFacts } from './attempt.states.ts';
import { type Attempt, type AttemptKey, keyText } from './attempt.types.ts';
import type { AttemptNews } from './follow-attempts.policy.ts';

/**
 * Follows attempts: merges what events say into what is known. The merge does not depend on order or repetition, so
 * status never goes back, whatever arrives late or twice.
 */
@Injectable()
export class RecordNewsHandler {
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly watch: AttemptWatch,
    private readonly metrics: AttemptMetrics,
  ) {}

  /** Four statements at most, whatever the batch's size. */
  async record(tx: EventTransaction, news: readonly AttemptNews[]): Promise<void> {
    if (news.length === 0) {
      return;
    }
    const byKey = Map.groupBy(news, ({ described }) => keyText(described));
    const attempts = await this.#lockOrStore(tx, byKey);
    const changed = attempts.flatMap((attempt) => {
      const facts = (byKey.get(keyText(attempt)) ?? []).reduce<AttemptFacts>(
        (merged, item) => mergeFacts(merged, item.facts),
        attempt.facts,
      );
      return equalFacts(facts, attempt.facts)
        ? []
        : [{ ...attempt, facts, isConcludedNow: attempt.facts.outcome === undefined }];
    });
    await Promise.all([
      changed.length === 0 ? undefined : this.attempts.writeFacts(tx, changed),
      this.attempts.addTimeline(
        tx,
        news.map((item) => item.line),
      ),
    ]);
    tx.afterCommit(() => {
      for (const attempt of changed) {
        const { outcome } = attempt.facts;
        if (attempt.isConcludedNow && outcome !== undefined) {
          const { receivedAt } = attempt.clocks;
          this.metrics.conclude(outcome.status, { receivedAt, concludedAt: outcome.concludedAt });
        }
        this.watch.hear(attempt, attempt.facts);
      }
    });
  }

  /** An attempt that is news to us as well is stored as the event describes it; its announcement completes it. */
  async #lockOrStore(tx: EventTransaction, byKey: ReadonlyMap<string, readonly AttemptNews[]>): Promise<Attempt[]> {
    const described = [...byKey.values()].map(([first]) => first!.described);
    const known = await this.attempts.lock(tx, described);
    if (known.length === described.length) {
      return known;
    }
    const knownTexts = new Set(known.map((attempt) => keyText(attempt)));
    const missing = described.filter((attempt) => !knownTexts.has(keyText(attempt)));
    await this.attempts.insert(tx, missing);
    return [...known, ...(await this.attempts.lock(tx, missing satisfies readonly AttemptKey[]))];
  }
}
