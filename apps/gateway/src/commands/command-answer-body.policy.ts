import type { AcceptedCommandAnswer, PaymentCommandAnswer } from '@tollgate/contracts';
import { toOrderId } from './command-progress.policy.ts';
import type { Command } from './command.types.ts';

/** 202: taken in, its end is not known yet. */
export function toAcceptedCommand(command: Command): AcceptedCommandAnswer {
  return { commandId: command.commandId, status: command.state, links: toLinks(command) };
}

/** All that is known of a command. */
export function toCommandAnswer(command: Command): PaymentCommandAnswer {
  const { hold, holdVerdict } = command;
  const amountMinor = command.amountMinor ?? hold?.amountMinor ?? null;
  const currency = command.currency ?? hold?.currency ?? null;
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
    hold:
      hold === null
        ? null
        : {
            ...{ reason: hold.reason, heldAt: hold.heldAt, decideBy: hold.decideBy },
            ...{ verdict: holdVerdict?.verdict ?? null, approvalId: holdVerdict?.approvalId ?? null },
          },
    requestedAt: command.requestedAt.toISOString(),
    firstCalledAt: command.firstCalledAt?.toISOString() ?? null,
    concludedAt: command.concludedAt?.toISOString() ?? null,
    links: toLinks(command),
  };
}

function toLinks({ merchantId, commandId, hold }: Command): PaymentCommandAnswer['links'] {
  const self = `/v1/payment-commands/${encodeURIComponent(commandId)}`;
  const about = new URLSearchParams({ merchantId, resourceType: 'payment_command', resourceId: commandId });
  return hold === null ? { self } : { self, approval: `/v0/approvals?${about.toString()}` };
}
