import { Injectable } from '@nestjs/common';
import { Metrics } from '@tollgate/platform';

/** What intake counts about attempts. */
@Injectable()
export class AttemptMetrics {
  readonly received;
  readonly deadlines;
  readonly aborts;
  readonly followUps;

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
  }
}
