import { Injectable } from '@nestjs/common';
import { Metrics } from '@tollgate/platform';

/** What the ledger counts. */
@Injectable()
export class LedgerMetrics {
  readonly webhooks;
  readonly signatureFailures;
  readonly evidenceDuplicates;
  readonly evidenceDoubts;
  readonly entries;
  readonly reads;
  readonly listedUnheard;
  readonly listedUnreadable;

  constructor(metrics: Metrics) {
    this.webhooks = metrics.counter({
      name: 'ledger_webhooks_total',
      help: 'Signed webhooks that were stored, by what became of them',
      labelNames: ['verdict'],
    });
    this.signatureFailures = metrics.counter({
      name: 'ledger_webhook_signature_failures_total',
      help: 'Webhooks refused for their signature; nothing else is kept of them',
      labelNames: ['reason'],
    });
    this.evidenceDuplicates = metrics.counter({
      name: 'ledger_evidence_duplicates_total',
      help: 'Reports that said nothing new',
    });
    this.evidenceDoubts = metrics.counter({
      name: 'ledger_evidence_doubts_total',
      help: 'Evidence that contradicts itself or other evidence, cannot be ordered, or has an unknown status',
      labelNames: ['doubt'],
    });
    this.entries = metrics.counter({ name: 'ledger_entries_total', help: 'Journal entries written' });
    this.reads = metrics.counter({
      name: 'ledger_read_backs_total',
      help: 'Payments read back from Primer, by what came of it',
      labelNames: ['result'],
    });
    this.listedUnheard = metrics.counter({
      name: 'ledger_listed_unheard_total',
      help: "Payments of Primer's list that no webhook had told, or not in their newest state",
    });
    this.listedUnreadable = metrics.counter({
      name: 'ledger_listed_unreadable_total',
      help: "Entries of Primer's list that are no payments; those with an id are read by it",
    });
  }
}
