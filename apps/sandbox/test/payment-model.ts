/** What the documents let a merchant do to a payment, and the passing of time. */
export type Move =
  | { readonly kind: 'capture'; readonly amount?: number | undefined; readonly final: boolean }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'refund'; readonly amount?: number | undefined; readonly fails: boolean }
  | { readonly kind: 'adjust-authorization'; readonly amount: number }
  | { readonly kind: 'wait' }
  | { readonly kind: 'repeat' };

/** A payment as a merchant's bookkeeper would follow it. */
export interface PaymentModel {
  readonly status: 'AUTHORIZED' | 'PARTIALLY_SETTLED' | 'SETTLING' | 'SETTLED' | 'CANCELLED';
  readonly authorised: number;
  readonly captured: number;
  readonly refunded: number;
}

/** Which status may follow which, from Primer's page "Managing payments"; staying is always allowed. */
export const STATUS_GRAPH: Readonly<Record<PaymentModel['status'], readonly PaymentModel['status'][]>> = {
  AUTHORIZED: ['PARTIALLY_SETTLED', 'SETTLING', 'CANCELLED'],
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

export function expectMove(before: PaymentModel, move: Move): Expected {
  switch (move.kind) {
    case 'capture':
      return expectCapture(before, move);
    case 'cancel':
      return isOpen(before) ? done(before, { status: 'CANCELLED' }) : refused(before, 400);
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
