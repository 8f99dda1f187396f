import type { CommandedPayment, CommandReason } from '@tollgate/contracts';
import type { CommandState } from './command.states.ts';
import { toOwnRequester } from './incoming-command.policy.ts';
import type { Command, CommandRequest, Hold, HoldVerdict, PaymentMark, PendingRefusal } from './command.types.ts';

/** A row of `payment_command` as pg gives it; `sequence`, `digest`, `lease_until` and `created_at` are not needed here. */
export interface CommandRow {
  merchant_id: string;
  command_id: string;
  kind: CommandRequest['kind'];
  request: CommandRequest;
  payment_id: string | null;
  sealed_token: string | null;
  requester: string | null;
  requested_at: Date;
  traceparent: string | null;
  state: CommandState;
  fence: number;
  calls: number;
  tries: number;
  amount_minor: string | null;
  currency: string | null;
  final: boolean | null;
  before: PaymentMark | null;
  arrived: boolean;
  refusal: PendingRefusal | null;
  first_called_at: Date | null;
  last_called_at: Date | null;
  unknown_since: Date | null;
  hold: Hold | null;
  hold_verdict: HoldVerdict | null;
  payment: CommandedPayment | null;
  reason: CommandReason | null;
  provider_error_id: string | null;
  concluded_at: Date | null;
  due_at: Date;
  last_answer: string | null;
}

/** Columns that are written when a command is taken in. */
export const REQUEST_COLUMNS = [
  'merchant_id',
  'command_id',
  'kind',
  'request',
  'requester',
  'requested_at',
  'traceparent',
] as const satisfies ReadonlyArray<keyof CommandRow>;

/** Columns that change while a command is carried out. */
export const COMMAND_PROGRESS_COLUMNS = [
  'payment_id',
  'sealed_token',
  'state',
  'fence',
  'calls',
  'tries',
  'amount_minor',
  'currency',
  'final',
  'before',
  'arrived',
  'refusal',
  'first_called_at',
  'last_called_at',
  'unknown_since',
  'hold',
  'hold_verdict',
  'payment',
  'reason',
  'provider_error_id',
  'concluded_at',
  'due_at',
  'last_answer',
] as const satisfies ReadonlyArray<keyof CommandRow>;

/** The row of a command, for `jsonb_populate_recordset`. */
export function toCommandRow(command: Command): CommandRow {
  return {
    merchant_id: command.merchantId,
    command_id: command.commandId,
    kind: command.request.kind,
    request: command.request,
    payment_id: command.paymentId,
    sealed_token: command.sealedToken,
    requester: command.requester,
    requested_at: command.requestedAt,
    traceparent: command.traceparent,
    state: command.state,
    fence: command.fence,
    calls: command.calls,
    tries: command.tries,
    amount_minor: command.amountMinor,
    currency: command.currency,
    final: command.final,
    before: command.before,
    arrived: command.arrived,
    refusal: command.refusal,
    first_called_at: command.firstCalledAt,
    last_called_at: command.lastCalledAt,
    unknown_since: command.unknownSince,
    hold: command.hold,
    hold_verdict: command.holdVerdict,
    payment: command.payment,
    reason: command.reason,
    provider_error_id: command.providerErrorId,
    concluded_at: command.concludedAt,
    due_at: command.dueAt,
    last_answer: command.lastAnswer,
  };
}

/** The command of a row. */
export function toCommand(row: CommandRow): Command {
  return {
    merchantId: row.merchant_id,
    commandId: row.command_id,
    request: row.request,
    paymentId: row.payment_id,
    sealedToken: row.sealed_token,
    requester: row.requester ?? toOwnRequester(row.merchant_id),
    requestedAt: row.requested_at,
    traceparent: row.traceparent,
    state: row.state,
    fence: row.fence,
    calls: row.calls,
    tries: row.tries,
    amountMinor: row.amount_minor,
    currency: row.currency,
    final: row.final,
    before: row.before,
    arrived: row.arrived,
    refusal: row.refusal,
    firstCalledAt: row.first_called_at,
    lastCalledAt: row.last_called_at,
    unknownSince: row.unknown_since,
    hold: row.hold,
    holdVerdict: row.hold_verdict,
    payment: row.payment,
    reason: row.reason,
    providerErrorId: row.provider_error_id,
    concludedAt: row.concluded_at,
    dueAt: row.due_at,
    lastAnswer: row.last_answer,
  };
}
