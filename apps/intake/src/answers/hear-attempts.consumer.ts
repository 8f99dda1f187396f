import { Controller } from '@nestjs/common';
import {
  AttemptConcluded,
  type AttemptConcludedData,
  AttemptDecided,
  type AttemptDecidedData,
  AttemptOutcomeUnknown,
  type AttemptOutcomeUnknownData,
} from '@tollgate/contracts';
import { OnBroadcast, type ReceivedEvent } from '@tollgate/messaging';
import { type AttemptNews, toDecisionNews, toOutcomeNews, toUnknownNews } from '../attempts/follow-attempts.policy.ts';
import { AttemptWatch } from './attempt-watch.service.ts';

/** Every instance hears all news, so that any of them can answer whoever waits. */
@Controller()
export class HearAttemptsConsumer {
  constructor(private readonly watch: AttemptWatch) {}

  @OnBroadcast(AttemptDecided)
  onDecided(events: ReadonlyArray<ReceivedEvent<AttemptDecidedData>>): void {
    this.#hear(events.map(toDecisionNews));
  }

  @OnBroadcast(AttemptOutcomeUnknown)
  onOutcomeUnknown(events: ReadonlyArray<ReceivedEvent<AttemptOutcomeUnknownData>>): void {
    this.#hear(events.map(toUnknownNews));
  }

  @OnBroadcast(AttemptConcluded)
  onConcluded(events: ReadonlyArray<ReceivedEvent<AttemptConcludedData>>): void {
    this.#hear(events.map(toOutcomeNews));
  }

  #hear(news: readonly AttemptNews[]): void {
    for (const { described, facts } of news) {
      this.watch.hear(described, facts);
    }
  }
}
