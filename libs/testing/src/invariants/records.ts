import { AttemptConcluded } from '@tollgate/contracts';
import type { AttemptConcludedData, EventDefinition } from '@tollgate/contracts';

import type { TopicRecord } from '../topic-reader.ts';
import type { World } from './world.types.ts';

/** Records that are no dead letters. */
export function liveRecords({ records }: World): TopicRecord[] {
  return records.filter(({ topic }) => !topic.endsWith('.dlq'));
}

/** Distinct events of one type, by their id: a topic may hold an event more than once. */
export function eventsOf<Data>(world: World, definition: EventDefinition<Data>): Map<string, Data> {
  const events = new Map<string, Data>();
  for (const { headers, value } of liveRecords(world)) {
    if (headers.ce_type !== definition.type || value === undefined) continue;
    const data = toJson(value);
    if (data !== undefined) events.set(headers.ce_id ?? '', data as Data);
  }
  return events;
}

/** The ids of the events of one `ce_type`, without those that were to become dead letters. */
export function eventIdsOf(world: World, type: string): Set<string> {
  const dead = new Set(world.expectedDeadLetters.map(({ eventId }) => eventId));
  const ofType = liveRecords(world).filter(({ headers }) => headers.ce_type === type && !dead.has(headers.ce_id));
  return new Set(ofType.map(({ headers }) => headers.ce_id ?? ''));
}

/** The outcomes on the topic by attempt; more than one means that the attempt was concluded twice. */
export function outcomesByAttempt(world: World): Map<string, string[]> {
  const outcomes = new Map<string, string[]>();
  for (const { paymentAttemptId, outcome } of eventsOf<AttemptConcludedData>(world, AttemptConcluded).values()) {
    outcomes.set(paymentAttemptId, [...(outcomes.get(paymentAttemptId) ?? []), outcome]);
  }
  return outcomes;
}

/** A record that is not JSON is no event; it is looked for among the dead letters. */
function toJson(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}
