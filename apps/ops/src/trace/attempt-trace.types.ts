import type {
  ActionDetailAnswer,
  AttemptAnswer,
  IncidentAnswer,
  JournalEntryAnswer,
  PaymentAnswer,
  RiskDecisionAnswer,
} from '@tollgate/contracts';
import type { AssessedLetter } from '@tollgate/messaging';

/** Everything that is known about one attempt; absent where nothing is known, or nobody could be asked. */
export interface AttemptTrace {
  readonly paymentAttemptId: string;
  /** Without its links: one of them holds a key. */
  readonly intake?: Omit<AttemptAnswer, 'links'>;
  readonly risk?: RiskDecisionAnswer;
  readonly gateway?: ActionDetailAnswer;
  readonly incidents: readonly IncidentAnswer[];
  readonly payment?: PaymentAnswer;
  readonly journal: readonly JournalEntryAnswer[];
  readonly deadLetters: readonly AssessedLetter[];
  /** Who could not be asked, and why. */
  readonly gaps: ReadonlyArray<{ readonly source: string; readonly problem: string }>;
}

/** One thing that happened. */
export interface TraceEntry {
  /** RFC 3339 */
  readonly at: string;
  readonly source: 'intake' | 'risk' | 'gateway' | 'ledger' | 'dead letters';
  readonly what: string;
}
