import type {
  ActionDetailAnswer,
  ApprovalAnswer,
  AttemptAnswer,
  JournalEntryAnswer,
  PaymentAnswer,
  RiskDecisionAnswer,
} from '@tollgate/contracts';

/** What the services know of one attempt; absent where one knows nothing. */
export interface AttemptTrace {
  readonly intake?: Omit<AttemptAnswer, 'links'>;
  readonly risk?: RiskDecisionAnswer;
  /** Of an attempt that a person was shown. */
  readonly approval?: ApprovalAnswer;
  readonly gateway?: ActionDetailAnswer;
  readonly payment?: PaymentAnswer;
  readonly journal: readonly JournalEntryAnswer[];
}

/** One thing that happened. */
export interface TraceStep {
  /** RFC 3339 */
  readonly at: string;
  readonly service: 'intake' | 'risk' | 'approvals' | 'gateway' | 'ledger';
  readonly what: string;
  /** Lines of their own, as the postings of an entry. */
  readonly details: readonly string[];
}
