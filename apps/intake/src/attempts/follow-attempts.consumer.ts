import { Controller } from '@nestjs/common';
import {
  AttemptConcluded,
  type AttemptConcludedData,
  AttemptDecided,
  type AttemptDecidedData,
  AttemptOutcomeUnknown,
  type AttemptOutcomeUnknownData,
  KnownError,
  settleClocks,
} from '@tollgate/contracts';
import { type EventBatch, OnEvents, type ReceivedEvent } from '@tollgate/messaging';
import { IntakeOptions } from '../intake-options.types.ts';
import {
  type AttemptNews,
  areClocksOrdered,
  toDecisionNews,
  toOutcomeNews,
  toUnknownNews,
} from './follow-attempts.policy.ts';
import { RecordNewsHandler } from './record-news.handler.ts';

/** Whoever waits for an answer hears of it by broadcast. */
const NEWS = {
  naturalKey: 'facts about an attempt are merged, and attempts are kept for ever',
  urgency: 'relaxed',
} as const;

/** What others decide about attempts, and what becomes of them at Primer. */
@Controller()
export class FollowAttemptsConsumer {
  constructor(
    private readonly handler: RecordNewsHandler,
    private readonly options: IntakeOptions,
  ) {}

  @OnEvents(AttemptDecided, NEWS)
  onDecided(batch: EventBatch<AttemptDecidedData>): Promise<void> {
    return this.#record(batch, toDecisionNews);
  }

  @OnEvents(AttemptOutcomeUnknown, NEWS)
  onOutcomeUnknown(batch: EventBatch<AttemptOutcomeUnknownData>): Promise<void> {
    return this.#record(batch, toUnknownNews);
  }

  @OnEvents(AttemptConcluded, NEWS)
  onConcluded(batch: EventBatch<AttemptConcludedData>): Promise<void> {
    return this.#record(batch, toOutcomeNews);
  }

  #record<Data>({ events, tx }: EventBatch<Data>, toNews: (event: ReceivedEvent<Data>) => AttemptNews): Promise<void> {
    const news = events.flatMap((event) => {
      const item = toNews(event);
      const { clocks } = item.described;
      if (areClocksOrdered(clocks)) {
        const settled = settleClocks(clocks, event.brokerTimestamp, this.options.clocks);
        return [{ ...item, described: { ...item.described, clocks: settled } }];
      }
      tx.reject(event, new KnownError('RECORD_SCHEMA_INVALID', { detail: "The attempt's clocks are out of order" }));
      return [];
    });
    return this.handler.record(tx, news);
  }
}
