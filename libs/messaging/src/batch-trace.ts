import { activeSpans, type Span, type SpanAttributes } from '@tollgate/platform';
import type { ParsedRecord, ReceivedEvent } from './received-event.ts';

/**
 * The spans of one batch: one for the batch, a trace of its own that links all its events, and one for each event in
 * the trace that the event came with. What a handler emits or stores goes on from the event's span.
 */
export class BatchTrace {
  private constructor(
    /** The batch's records, each event with its own span as its `traceparent`. */
    readonly records: readonly ParsedRecord[],
    private readonly batch: Span,
    private readonly spans: ReadonlyMap<ReceivedEvent<unknown>, Span>,
  ) {}

  /** @returns undefined while no traces are exported */
  static begin(records: readonly ParsedRecord[]): BatchTrace | undefined {
    const source = activeSpans();
    if (source === undefined) {
      return undefined;
    }
    const { topic } = records[0]!.raw.origin;
    const place = { 'messaging.system': 'kafka', 'messaging.destination.name': topic };
    const batch = source.start(`handle batch of ${topic}`, {
      kind: 'consumer',
      links: records.flatMap(({ event }) => event?.traceparent ?? []),
      attributes: { ...place, 'messaging.batch.message_count': records.length },
    });
    const spans = new Map<ReceivedEvent<unknown>, Span>();
    const traced = records.map((record) => {
      if (record.event === undefined) {
        return record;
      }
      const span = source.start(`handle ${record.event.type}`, {
        kind: 'consumer',
        parent: record.event.traceparent,
        attributes: { ...place, ...toAttributes(record.event), 'messaging.kafka.offset': record.raw.origin.offset },
      });
      const event = { ...record.event, traceparent: span.context.traceparent };
      spans.set(event, span);
      return { ...record, event };
    });
    return new BatchTrace(traced, batch, spans);
  }

  /** Reports what took effect; a duplicate or a dead letter has no span. Called after the commit only. */
  end(handled: readonly ParsedRecord[]): void {
    this.batch.set({ 'tollgate.events_handled': handled.length });
    this.batch.end();
    for (const { event } of handled) {
      this.spans.get(event!)?.end();
    }
  }
}

function toAttributes({ id, type, subject, data }: ReceivedEvent<unknown>): SpanAttributes {
  const { paymentAttemptId, paymentId } = data as { paymentAttemptId?: unknown; paymentId?: unknown };
  return {
    'cloudevents.event_id': id,
    'cloudevents.event_type': type,
    'cloudevents.event_subject': subject,
    ...(typeof paymentAttemptId === 'string' ? { 'tollgate.attempt_id': paymentAttemptId } : {}),
    ...(typeof paymentId === 'string' ? { 'tollgate.payment_id': paymentId } : {}),
  };
}
