import { event, type OutgoingEvent, PaymentCommandHeld } from '@tollgate/contracts';
import { toOrderId } from './command-progress.policy.ts';
import type { Command } from './command.types.ts';

/**
 * The event that tells that a command waits for a second person. Caused by the command itself: it is one event.
 * @throws Error for a command that is not held
 */
export function toCommandHeldEvent(command: Command): OutgoingEvent {
  const { merchantId, commandId, request, paymentId, hold, payment } = command;
  if (hold === null) {
    throw new Error('A command that is not held waits for nobody');
  }
  const { digest, currency, final, ...about } = hold;
  const orderId = toOrderId(command);
  return event({
    definition: PaymentCommandHeld,
    data: {
      ...{ merchantId, commandId, kind: request.kind, requester: command.requester },
      ...(paymentId === null ? {} : { paymentId }),
      ...(orderId === null ? {} : { orderId }),
      ...(currency === null ? {} : { currency }),
      ...(final === null ? {} : { final }),
      ...about,
      holdDigest: digest,
      ...(payment === null ? {} : { payment }),
      requestedAt: command.requestedAt.toISOString(),
    },
    subject: commandId,
    cause: { source: '/tollgate/gateway/payment-command', id: `${merchantId}/${commandId}` },
    ...(command.traceparent === null ? {} : { traceparent: command.traceparent }),
  });
}
