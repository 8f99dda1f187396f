import type { AttemptClocks, AttemptIdentity, AttemptStatus, TimelineEntry } from '@tollgate/contracts';
import type { AttemptFacts } from './attempt.states.ts';

/** What names an attempt: ids are Primer's, so only a merchant's own are told apart by them. */
export interface AttemptKey {
  readonly merchantId: string;
  readonly paymentAttemptId: string;
}

/** An attempt as stored. */
export interface Attempt extends AttemptKey {
  readonly clientSessionId: string;
  /** Absent while only later events have told of the attempt, and its announcement is still on its way. */
  readonly instrument?: string;
  readonly analyticsId?: string;
  readonly orderId: string;
  readonly amountMinor: string;
  readonly currency: string;
  readonly clocks: AttemptClocks;
  readonly status: AttemptStatus;
  readonly facts: AttemptFacts;
  /** How often the same attempt was announced again. */
  readonly sightings: number;
}

/** An attempt that is being stored, with what only its listing keeps. */
export type NewAttempt = Omit<Attempt, 'status' | 'facts' | 'sightings'> & { readonly customerId?: string };

/** An attempt as somebody announces it. */
export interface AnnouncedAttempt {
  readonly identity: AttemptIdentity;
  readonly paymentAttemptId: string;
  readonly analyticsId?: string;
  /** As the shop's server names its customer; people look attempts up by it. */
  readonly customerId?: string;
  /** Clocks that the announcement carries, or that follow from its broker timestamp; absent: the database's clock now. */
  readonly clocks?: AttemptClocks;
  /** The shop gives less time to decide than the installation. Milliseconds. */
  readonly decideByMs?: number;
}

/** One more line of an attempt's timeline. `entryId` makes writing it twice harmless. */
export interface TimelineRecord extends AttemptKey {
  readonly entryId: string;
  readonly at: string;
  readonly event: TimelineEntry['event'];
  readonly detail: Omit<TimelineEntry, 'at' | 'event'>;
}

/** One text for one key, for maps. */
export function keyText({ merchantId, paymentAttemptId }: AttemptKey): string {
  return `${paymentAttemptId}/${merchantId}`;
}
