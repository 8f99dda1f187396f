import type { AttemptDecidedData } from '@tollgate/contracts';

import type { TopicRecord } from '../topic-reader.ts';

/**
 * Everything the invariants look at, read after the faults are over: what intake, the gateway and the ledger say, what
 * lies on the topics, and what really happened at the provider.
 */
export interface World {
  /** Attempts for which intake answered 2xx, and the answers' outcomes where there were any. */
  accepted: readonly AcceptedAttempt[];
  attempts: readonly KnownAttempt[];
  actions: readonly GateAction[];
  /** The emulator's journal: what was asked of the provider, what it did, which webhooks it delivered. */
  provider: ProviderRecord;
  books: Books;
  /** Every record of every topic, dead letters included. */
  records: readonly TopicRecord[];
  /** Events each service has handled, from its inbox. */
  handled: readonly HandledEvent[];
  /** What risk has recorded of its decisions. */
  ruleDecisions: readonly RuleDecision[];
  /** What came of deciding all of them again. */
  recomputation: Recomputation;
  backlog: readonly BacklogItem[];
  /** Dead letters that the test itself brought about: code and `ce_id`, or undefined for a record without one. */
  expectedDeadLetters: readonly { code: string; eventId?: string }[];
  /** Texts that must show nowhere, by what they are. */
  secrets: readonly { what: string; text: string }[];
  /** Logs of the services. */
  logs: readonly { service: string; text: string }[];
}

export interface AcceptedAttempt {
  attemptId: string;
  /** What the shop was told, when it was told an outcome. */
  toldOutcome?: string | undefined;
}

export interface KnownAttempt {
  attemptId: string;
  status: string;
  decideBy: string;
  paymentId?: string | undefined;
}

/** The gate's row, as the gateway shows it. */
export interface GateAction {
  attemptId: string;
  decision: string;
  state: string;
  paymentId?: string | undefined;
}

export interface ProviderRecord {
  payments: readonly ProviderPayment[];
  /** Attempts whose abort was answered 200. */
  abortedAttempts: readonly string[];
  /** Webhooks that were answered 2xx. */
  deliveredWebhooks: readonly { webhookId: string; paymentId: string }[];
}

/** A payment that the emulator's journal says was made, or that its list shows. */
export interface ProviderPayment {
  paymentId: string;
  attemptId: string | undefined;
  orderId: string;
  status: string;
  currency: string;
  amountMinor: bigint;
  /** What happened after the authorisation, if anything did. */
  money?: ProviderMoney | undefined;
}

/** A payment's money at the provider. Minor units of the payment's currency. */
export interface ProviderMoney {
  authorizedMinor: bigint;
  capturedMinor: bigint;
  /** No capture will follow. */
  isFinal: boolean;
  refunds: readonly { status: string; amountMinor: bigint }[];
  disputes: readonly ProviderDispute[];
}

/** A dispute in its newest standing. */
export interface ProviderDispute {
  paymentId: string;
  type: string;
  status: string;
  amountMinor: bigint;
}

export interface Books {
  payments: readonly { paymentId: string; status: string }[];
  postings: readonly Posting[];
  balances: readonly { account: string; currency: string; layer: string; balanceMinor: bigint }[];
  /** Webhooks stored, by payment; a webhook delivered twice is stored twice. */
  storedWebhooks: readonly { paymentId: string; count: number }[];
}

export interface Posting {
  entryId: string;
  paymentId: string;
  account: string;
  currency: string;
  layer: string;
  amountMinor: bigint;
}

export interface HandledEvent {
  service: string;
  source: string;
  eventId: string;
  status: string;
}

/** A decision of the rules with all that it was made of. */
export type RuleDecision = Pick<
  AttemptDecidedData,
  'merchantId' | 'paymentAttemptId' | 'decision' | 'reason' | 'evaluation'
>;

export interface Recomputation {
  /** Attempts, a few of them where there are many. */
  different: readonly string[];
  /** How many decisions were made by a rule set that is not kept. */
  unknownVersion: number;
}

/** Work that is left: an outbox row, a lagging partition, an action without an outcome. */
export interface BacklogItem {
  where: string;
  what: string;
  /** An unknown outcome that only the provider's list can tell: it may take longer, for the list lags. */
  onlyListTells?: boolean;
}

/** A broken promise: which one, about what, and how. */
export interface Violation {
  invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11';
  subject: string;
  problem: string;
}
