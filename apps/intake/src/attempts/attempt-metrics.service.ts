import { Injectable } from '@nestjs/common';
import { Metrics } from '@tollgate/platform';

/** What intake counts about attempts. */
@Injectable()
export class AttemptMetrics {
  readonly received;
  readonly deadlines;
  readonly aborts;
  readonly followUps;
  readonly conclusions;

  constructor(metrics: Metrics) {
    this.received = metrics.counter({
      name: 'attempts_received_total',
      help: 'Receipts of attempts, by the way they came and what they were',
      labelNames: ['way', 'result'],
    });
    this.deadlines = metrics.counter({
      name: 'attempts_decided_by_deadline_total',
      help: 'Attempts that nobody had decided in time',
      labelNames: ['decision'],
    });
    this.aborts = metrics.counter({
      name: 'attempts_aborted_by_merchant_total',
      help: "The shops' own aborts",
      labelNames: ['reason'],
    });
    this.followUps = metrics.counter({
      name: 'attempts_followed_up_total',
      help: 'Decided attempts that were aborted again because nothing was heard of their decision',
    });
    this.conclusions = metrics.histogram({
      name: 'attempt_conclusion_seconds',
      help: 'From the receipt of attempts to what became of them, each attempt once',
      labelNames: ['outcome'],
      buckets: [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 40, 60, 90, 120],
    });
  }

  /** @param concludedAt, receivedAt RFC 3339, by the clocks of two services: a difference below zero counts as none */
  conclude(outcome: string, { receivedAt, concludedAt }: { receivedAt: string; concludedAt: string }): void {
    const seconds = (Date.parse(concludedAt) - Date.parse(receivedAt)) / 1000;
    this.conclusions.observe({ outcome }, Math.max(0, seconds));
  }
}
