/** What a payment is made with: the documents' test cards, by what becomes of them. */
export const CARDS = {
  authorises: '4111111111111111',
  'authorises without a challenge': '4929251897047956',
  'is declined': '4000000000000002',
  fails: '4000000000000010',
  'asks the shopper': '4916994064252017',
} as const;

export type Card = keyof typeof CARDS;

/** What the documents let a merchant and a shopper do to a payment, and the passing of time. */
export type Move =
  | { readonly kind: 'challenge'; readonly passed: boolean }
  | { readonly kind: 'capture'; readonly amount?: number | undefined; readonly final: boolean }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'refund'; readonly amount?: number | undefined; readonly fails: boolean }
  | { readonly kind: 'adjust-authorization'; readonly amount: number }
  | { readonly kind: 'wait' }
  | { readonly kind: 'repeat' };

/** A payment as a merchant's bookkeeper would follow it. */
export interface PaymentModel {
  readonly status:
    'PENDING' | 'AUTHORIZED' | 'DECLINED' | 'FAILED' | 'PARTIALLY_SETTLED' | 'SETTLING' | 'SETTLED' | 'CANCELLED';
  /** What was asked for, and what may be captured once it is authorised. */
  readonly authorised: number;
  readonly captured: number;
  readonly refunded: number;
}

/** Which status may follow which, from Primer's page "Managing payments"; staying is always allowed. */
export const STATUS_GRAPH: Readonly<Record<PaymentModel['status'], readonly PaymentModel['status'][]>> = {
  PENDING: ['AUTHORIZED', 'DECLINED', 'FAILED', 'CANCELLED'],
  AUTHORIZED: ['PARTIALLY_SETTLED', 'SETTLING', 'CANCELLED'],
  DECLINED: [],
  FAILED: [],
  PARTIALLY_SETTLED: ['SETTLING', 'CANCELLED'],
  SETTLING: ['SETTLED'],
  SETTLED: [],
  CANCELLED: [],
};

/** What a move is answered with, and the payment after it: the same one when it is refused. */
export interface Expected {
  readonly answer: number;
  readonly after: PaymentModel;
}

const FIRST_STATUS: Readonly<Record<Card, PaymentModel['status']>> = {
  authorises: 'AUTHORIZED',
  'authorises without a challenge': 'AUTHORIZED',
  'is declined': 'DECLINED',
  fails: 'FAILED',
  'asks the shopper': 'PENDING',
};

/** A payment as it is made: always with a 200, whatever its status says. */
export function expectCreation(card: Card, amount: number): PaymentModel {
  return { status: FIRST_STATUS[card], authorised: amount, captured: 0, refunded: 0 };
}

export function expectMove(before: PaymentModel, move: Move): Expected {
  switch (move.kind) {
    case 'challenge':
      // A payment that waits for nobody cannot go on, and says so with a 202.
      return before.status === 'PENDING'
        ? done(before, { status: move.passed ? 'AUTHORIZED' : 'DECLINED' })
        : refused(before, 202);
    case 'capture':
      return expectCapture(before, move);
    case 'cancel':
      return isOpen(before) || before.status === 'PENDING'
        ? done(before, { status: 'CANCELLED' })
        : refused(before, 400);
    case 'refund':
      return expectRefund(before, move.amount);
    case 'adjust-authorization':
      return before.status === 'AUTHORIZED' ? done(before, { authorised: move.amount }) : refused(before, 400);
    case 'wait':
      return done(before, before.status === 'SETTLING' ? { status: 'SETTLED' } : {});
    case 'repeat':
  }
  return refused(before, 409);
}

function expectCapture(before: PaymentModel, move: { readonly amount?: number | undefined; readonly final: boolean }) {
  const left = before.authorised - before.captured;
  const amount = move.amount ?? left;
  if (!isOpen(before) || amount === 0 || amount > left) return refused(before, 400);
  const isLast = move.final || amount === left;
  return done(before, { status: isLast ? 'SETTLING' : 'PARTIALLY_SETTLED', captured: before.captured + amount });
}

function expectRefund(before: PaymentModel, wished: number | undefined): Expected {
  const left = before.captured - before.refunded;
  const amount = wished ?? left;
  if (before.captured === 0) return refused(before, 400);
  if (left === 0) return refused(before, 409);
  if (amount === 0 || amount > left) return refused(before, 422);
  return done(before, { refunded: before.refunded + amount });
}

function isOpen({ status }: PaymentModel): boolean {
  return status === 'AUTHORIZED' || status === 'PARTIALLY_SETTLED';
}

function done(before: PaymentModel, change: Partial<PaymentModel>): Expected {
  return { answer: 200, after: { ...before, ...change } };
}

function refused(before: PaymentModel, answer: number): Expected {
  return { answer, after: before };
}
