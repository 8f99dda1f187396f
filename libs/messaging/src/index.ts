import { CreateEventTables1700000000001 } from './migrations/create-event-tables.migration.ts';

export type { DeadLetter, OpenedLetter } from './dead-letters/dead-letter.ts';
export { DeadLetterBox, type DeadLetterBoxOptions, type RedriveProgress } from './dead-letters/dead-letter-box.ts';
export type { AssessedLetter, Forecast, LetterState } from './dead-letters/dead-letter-state.ts';
export type { InboxAddress } from './dead-letters/inbox-lookup.ts';
export type { LetterNote } from './dead-letters/letter-note.ts';
export { DEAD_LETTER_HEADERS, REDRIVE_FOR_HEADER, REDRIVE_HEADER } from './dead-letters/dead-letter-headers.ts';
export type { EventBatch, EventTransaction } from './event-transaction.ts';
export { EventTransactions } from './event-transactions.service.ts';
export { keepOfKnownMerchants, type SettledFor } from './known-merchants.ts';
export { MessagingModule } from './messaging.module.ts';
export {
  messagingEnvironment,
  type MessagingEnvironment,
  type MessagingSettings,
  toMessagingSettings,
} from './messaging.config.ts';
export { OnBroadcast, OnEvents, type OnEventsOptions } from './on-events.decorator.ts';
export type { ReceivedEvent } from './received-event.ts';
export { TopicHistory, type TopicRange } from './topic-history.service.ts';

/** Inbox and outbox of a service's schema: first in the list of its migrations. */
export const messagingMigrations = [CreateEventTables1700000000001] as const;
