import type { AcceptedCommandAnswer, PaymentCommandAnswer } from '@tollgate/contracts';
import { toOrderId } from './command-progress.policy.ts';
import type { Command } from './command.types.ts';

/** 202: taken in, its end is not known yet. */
export function toAcceptedCommand({ commandId, state }: Command): AcceptedCommandAnswer {
  return { commandId, status: state, links: toLinks(commandId) };
}

/** All that is known of a command. */
export function toCommandAnswer(command: Command): PaymentCommandAnswer {
  const { amountMinor, currency } = command;
  return {
    merchantId: command.merchantId,
    commandId: command.commandId,
    command: command.request.kind,
    status: command.state,
    reason: command.reason,
    providerErrorId: command.providerErrorId,
    paymentId: command.paymentId,
    orderId: toOrderId(command),
    amount: amountMinor === null || currency === null ? null : { amountMinor, currency },
    final: command.final,
    payment: command.payment,
    requestedAt: command.requestedAt.toISOString(),
    firstCalledAt: command.firstCalledAt?.toISOString() ?? null,
    concludedAt: command.concludedAt?.toISOString() ?? null,
    links: toLinks(command.commandId),
  };
}

function toLinks(commandId: string): { self: string } {
  return { self: `/v1/payment-commands/${encodeURIComponent(commandId)}` };
}
