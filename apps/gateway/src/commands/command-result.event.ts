import {
  event,
  type OutgoingEvent,
  PaymentCommandConcluded,
  type PaymentCommandConcludedData,
} from '@tollgate/contracts';
import { toOrderId } from './command-progress.policy.ts';
import type { Command } from './command.types.ts';

/**
 * The event that tells how a command ended. Caused by the command itself: however often it is written, it is one event.
 * @throws Error for a command that has not ended
 */
export function toCommandResultEvent(command: Command): OutgoingEvent {
  return event({
    definition: PaymentCommandConcluded,
    data: toResult(command),
    subject: command.commandId,
    cause: { source: '/tollgate/gateway/payment-command', id: `${command.merchantId}/${command.commandId}` },
    ...(command.traceparent === null ? {} : { traceparent: command.traceparent }),
  });
}

function toResult(command: Command): PaymentCommandConcludedData {
  const { request, state, reason, concludedAt, paymentId, amountMinor, currency, final, firstCalledAt } = command;
  if ((state !== 'DONE' && state !== 'REFUSED') || reason === null || concludedAt === null) {
    throw new Error('A command that has not ended has no result');
  }
  const orderId = toOrderId(command);
  return {
    merchantId: command.merchantId,
    commandId: command.commandId,
    kind: request.kind,
    outcome: state,
    reason,
    ...(paymentId === null ? {} : { paymentId }),
    ...(orderId === null ? {} : { orderId }),
    ...(amountMinor === null ? {} : { amountMinor }),
    ...(currency === null ? {} : { currency }),
    ...(final === null ? {} : { final }),
    ...(command.providerErrorId === null ? {} : { providerErrorId: command.providerErrorId }),
    ...(command.payment === null ? {} : { payment: command.payment }),
    requestedAt: command.requestedAt.toISOString(),
    ...(firstCalledAt === null ? {} : { firstCalledAt: firstCalledAt.toISOString() }),
    concludedAt: concludedAt.toISOString(),
  };
}
