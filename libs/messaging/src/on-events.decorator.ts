import { applyDecorators, Catch, type ExceptionFilter, UseFilters } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import type { EventDefinition } from '@tollgate/contracts';
import { type Observable, throwError } from 'rxjs';

/** Nest's name of our transport; handlers of other transports are left alone. */
export const KAFKA_BATCH_TRANSPORT = Symbol('tollgate-kafka-batch');

/** What a handler declares beside its event. */
export interface OnEventsOptions<Data = unknown> {
  /**
   * Why the handler can tell a duplicate of any age by itself, for example "attempt_action is kept for ever". Without
   * it, an event older than the inbox is refused.
   */
  readonly naturalKey?: string;
  /** Default: prompt. */
  readonly urgency?: Urgency;
  /**
   * Why this service need not read its own events of this type back, for example "the row commits with them". Without
   * it they are handled like everybody else's.
   */
  readonly skipsOwn?: string;
  /**
   * False for an event that says nothing to this service: it is read and dropped, before the inbox and without a
   * transaction, however often it comes.
   */
  readonly concerns?: (data: Data) => boolean;
  /** Other events of the same topic that this service does not need; any undeclared type becomes a dead letter. */
  readonly ignores?: ReadonlyArray<Pick<EventDefinition, 'topic' | 'type'>>;
}

/**
 * `prompt`: somebody waits for it, so it is handled as soon as it comes. `relaxed`: nobody does, so it waits for more of
 * its kind, at most 50 ms, and many share one transaction.
 */
export type Urgency = 'prompt' | 'relaxed';

/** What the decorators leave for the transport to read. */
export interface HandlerExtras extends OnEventsOptions {
  readonly definition: EventDefinition;
  readonly broadcast: boolean;
}

/** Nest would turn a handler's error into a text for a caller; here the consumer loop needs the error itself. */
@Catch()
class RethrowFilter implements ExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}

/**
 * The method takes an {@link EventBatch} of this event: new events only, in key order for each key, inside the one
 * transaction of the batch.
 */
export function OnEvents<Data>(
  definition: EventDefinition<Data>,
  options: OnEventsOptions<NoInfer<Data>> = {},
): MethodDecorator {
  return listen({ ...(options as OnEventsOptions), definition: definition as EventDefinition, broadcast: false });
}

/**
 * The method takes an array of received events. Every instance hears each event from its start on, at most once, with
 * no inbox and no transaction: for answers that wait, never for effects.
 */
export function OnBroadcast<Data>(
  definition: EventDefinition<Data>,
  options: OnEventsOptions<NoInfer<Data>> = {},
): MethodDecorator {
  return listen({ ...(options as OnEventsOptions), definition: definition as EventDefinition, broadcast: true });
}

function listen(extras: HandlerExtras): MethodDecorator {
  const pattern = `${extras.broadcast ? 'broadcast' : 'events'}:${extras.definition.type}`;
  const eventPattern = EventPattern(pattern, KAFKA_BATCH_TRANSPORT, { ...extras }) as MethodDecorator;
  return applyDecorators(eventPattern, UseFilters(new RethrowFilter()));
}
