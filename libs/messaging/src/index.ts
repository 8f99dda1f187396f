import { CreateEventTables1700000000001 } from './migrations/create-event-tables.migration.ts';

export type { EventBatch, EventTransaction } from './event-transaction.ts';
export { EventTransactions } from './event-transactions.service.ts';
export { MessagingModule } from './messaging.module.ts';
export {
  messagingEnvironment,
  type MessagingEnvironment,
  type MessagingSettings,
  toMessagingSettings,
} from './messaging.config.ts';
export { OnBroadcast, OnEvents, type OnEventsOptions } from './on-events.decorator.ts';
export { DEAD_LETTER_HEADERS } from './outbox.ts';
export type { ReceivedEvent } from './received-event.ts';
export { REDRIVE_HEADER } from './record-parser.ts';

/** Inbox and outbox of a service's schema: first in the list of its migrations. */
export const messagingMigrations = [CreateEventTables1700000000001] as const;
