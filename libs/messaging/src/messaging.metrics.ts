import type { Metrics } from '@tollgate/platform';

/** What the event path tells Prometheus. */
export class MessagingMetrics {
  readonly handled;
  readonly duplicates;
  readonly deadLetters;
  readonly retries;
  readonly consumerRestarts;
  readonly batchRecords;
  readonly commitSeconds;
  readonly transactionSeconds;
  readonly publishSeconds;
  readonly publishFailures;
  readonly relayed;
  readonly outboxDepth;
  readonly outboxAgeSeconds;
  readonly lag;

  constructor(metrics: Metrics) {
    this.handled = metrics.counter({ name: 'tollgate_events_handled_total', help: 'Events that took effect' });
    this.duplicates = metrics.counter({
      name: 'tollgate_events_duplicate_total',
      help: 'Deliveries absorbed because the event had taken effect before',
    });
    this.deadLetters = metrics.counter({ name: 'tollgate_dead_letters_total', help: 'Records dead-lettered' });
    this.retries = metrics.counter({
      name: 'tollgate_event_retries_total',
      help: 'Batches put back because of a retriable failure',
    });
    this.consumerRestarts = metrics.counter({
      name: 'tollgate_consumer_restarts_total',
      help: 'Consumers restarted by the watchdog or after a crash of the client',
      labelNames: ['consumer'],
    });
    this.batchRecords = metrics.histogram({
      name: 'tollgate_batch_records',
      help: 'Records of one transaction',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    });
    this.commitSeconds = metrics.histogram({
      name: 'tollgate_batch_commit_seconds',
      help: 'From the begin of a batch transaction to its commit',
    });
    this.transactionSeconds = metrics.histogram({
      name: 'tollgate_transaction_commit_seconds',
      help: 'From the begin of a transaction of requests or a job that may emit events to its commit',
    });
    this.publishSeconds = metrics.histogram({
      name: 'tollgate_publish_seconds',
      help: 'One acknowledged send to the broker',
    });
    this.publishFailures = metrics.counter({
      name: 'tollgate_publish_failures_total',
      help: 'Sends that failed; the relay ships their rows',
    });
    this.relayed = metrics.counter({ name: 'tollgate_outbox_relayed_total', help: 'Rows shipped by the relay' });
    this.outboxDepth = metrics.gauge({ name: 'tollgate_outbox_depth', help: 'Rows that are not known as published' });
    this.outboxAgeSeconds = metrics.gauge({
      name: 'tollgate_outbox_age_seconds',
      help: 'Age of the oldest row that is not known as published',
    });
    this.lag = metrics.gauge({
      name: 'tollgate_consumer_lag',
      help: 'Records of the assigned partitions that are not handled yet',
      labelNames: ['topic'],
    });
  }
}
