import { randomUUID } from 'node:crypto';

import {
  AttemptConcluded,
  AttemptDecided,
  AttemptOutcomeUnknown,
  AttemptTokenised,
  PaymentStatusReported,
} from '@tollgate/contracts';
import type {
  AttemptClocks,
  AttemptConcludedData,
  AttemptDecidedData,
  EventDefinition,
  PaymentSnapshot,
  Topic,
} from '@tollgate/contracts';
import {
  concludedAttempt,
  decidedAttempt,
  foreignRecord,
  paymentSnapshotSample,
  reportedPaymentStatus,
  sampleId,
  tokenisedAttempt,
} from '@tollgate/testing';
import type { TestRecord } from '@tollgate/testing';

/** An event of a life, ready to be sent. */
export interface LifeEvent {
  readonly topic: Topic;
  readonly record: TestRecord;
}

/** All that is ever said about one attempt and its payment, under ids of its own. */
export interface Life {
  readonly kind: string;
  readonly attemptId: string;
  /** Undefined where no payment came of it. */
  readonly paymentId: string | undefined;
  /** In the order in which it happened. */
  readonly events: readonly LifeEvent[];
  /** The ids of this life, by what they stand for: two lives of a kind differ in nothing else. */
  readonly ids: ReadonlyMap<string, string>;
}

/** What happens in a life, in order. Seconds count from the life's beginning. */
type Happening =
  | { decided: Partial<AttemptDecidedData>; second: number }
  | { unknown: 'APPROVE' | 'ABORT'; second: number }
  | { concluded: Partial<AttemptConcludedData>; second: number }
  | { reported: Partial<PaymentSnapshot>; second: number };

const APPROVED = { outcome: 'APPROVED', charged: 'yes' } as const;
const RULES = { decision: 'APPROVE', source: 'rules', reason: 'no-rule-matched' } as const;

const KINDS: Readonly<Record<string, readonly Happening[]>> = {
  'settled in two parts': [
    { decided: RULES, second: 1 },
    { concluded: APPROVED, second: 2 },
    { reported: { status: 'PENDING' }, second: 3 },
    { reported: { status: 'AUTHORIZED', amountCapturedMinor: '0' }, second: 4 },
    { reported: { status: 'PARTIALLY_SETTLED', amountCapturedMinor: '1000' }, second: 5 },
    { reported: { status: 'SETTLED', amountCapturedMinor: '4200' }, second: 6 },
  ],
  'approved against an abort that came late, then cancelled': [
    { decided: RULES, second: 1 },
    { decided: { decision: 'ABORT', source: 'merchant', reason: 'customer-left' }, second: 2 },
    { concluded: APPROVED, second: 3 },
    { reported: { status: 'AUTHORIZED' }, second: 4 },
    { reported: { status: 'CANCELLED' }, second: 5 },
  ],
  'left in review until the deadline': [
    { decided: { decision: 'REVIEW', source: 'rules', reason: 'review-required' }, second: 1 },
    { decided: { decision: 'ABORT', source: 'deadline', reason: 'deadline-passed' }, second: 2 },
    { unknown: 'ABORT', second: 3 },
    { concluded: { outcome: 'ABORTED', charged: 'no', shopperCode: 'TIMED_OUT' }, second: 4 },
  ],
  'unknown for a while, then settled and refunded': [
    { decided: RULES, second: 1 },
    { unknown: 'APPROVE', second: 2 },
    { concluded: APPROVED, second: 3 },
    { reported: { status: 'AUTHORIZED' }, second: 4 },
    { reported: { status: 'SETTLING' }, second: 5 },
    { reported: { status: 'SETTLED', amountCapturedMinor: '4200' }, second: 6 },
    { reported: { status: 'SETTLED', amountCapturedMinor: '4200', amountRefundedMinor: '1500' }, second: 7 },
  ],
  declined: [
    { decided: RULES, second: 1 },
    { concluded: APPROVED, second: 2 },
    { reported: { status: 'PENDING' }, second: 3 },
    { reported: { status: 'DECLINED' }, second: 4 },
  ],
};

/** What is the same in every life. */
export interface LifeFrame {
  merchantId: string;
  clocks: AttemptClocks;
  /** When every life begins. */
  beginning: Date;
}

/** One life of each kind. */
export function makeLives(frame: LifeFrame): Life[] {
  return Object.entries(KINDS).map(([kind, happenings]) => makeLife(kind, happenings, frame));
}

function makeLife(kind: string, happenings: readonly Happening[], { merchantId, clocks, beginning }: LifeFrame): Life {
  const hasPayment = happenings.some((each) => 'reported' in each);
  const paymentId = hasPayment ? sampleId('payment') : undefined;
  const attempt = tokenisedAttempt({
    merchantId,
    clocks,
    instrument: 'the-card',
    order: { orderId: sampleId('order'), amountMinor: '4200', currency: 'EUR', customerId: 'the-customer' },
  });
  const ids = new Map([
    [attempt.paymentAttemptId, 'the attempt'],
    [attempt.clientSessionId, 'the session'],
    [attempt.order.orderId, 'the order'],
    ...(paymentId === undefined ? [] : [[paymentId, 'the payment'] as const]),
  ]);
  const at = (second: number): string => new Date(beginning.getTime() + second * 1_000).toISOString();
  const toEvent = <Data>(definition: EventDefinition<Data>, data: Data, second: number): LifeEvent => {
    const eventId = randomUUID();
    ids.set(eventId, `event of second ${second}`);
    return {
      topic: definition.topic,
      record: foreignRecord(definition, data, { ce_id: eventId, ce_time: at(second) }),
    };
  };
  const events = happenings.map((each): LifeEvent => {
    const time = at(each.second);
    if ('decided' in each) {
      return toEvent(AttemptDecided, decidedAttempt(attempt, { decidedAt: time, ...each.decided }), each.second);
    }
    if ('reported' in each) {
      const parts = { paymentId: paymentId ?? '', orderId: attempt.order.orderId, date: at(0), dateUpdated: time };
      const snapshot = paymentSnapshotSample({ ...parts, ...each.reported });
      const evidenceId = randomUUID();
      ids.set(evidenceId, `evidence of second ${each.second}`);
      const report = reportedPaymentStatus(snapshot, { merchantId, evidenceId, receivedAt: time });
      return toEvent(PaymentStatusReported, report, each.second);
    }
    const decision = { ...RULES, decidedAt: at(1) };
    const concluded = concludedAttempt(attempt, { decision, concludedAt: time, paymentId });
    if ('concluded' in each) return toEvent(AttemptConcluded, { ...concluded, ...each.concluded }, each.second);
    const { merchantId: merchant, paymentAttemptId, clientSessionId, order } = concluded;
    const about = { merchantId: merchant, paymentAttemptId, clientSessionId, order, clocks, decision };
    return toEvent(AttemptOutcomeUnknown, { ...about, action: each.unknown, since: time }, each.second);
  });
  const announced = toEvent(AttemptTokenised, attempt, 0);
  return { kind, attemptId: attempt.paymentAttemptId, paymentId, events: [announced, ...events], ids };
}
