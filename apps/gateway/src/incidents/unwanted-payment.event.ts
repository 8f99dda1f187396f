import { event, type OutgoingEvent, PaymentCommandRequested } from '@tollgate/contracts';
import { OWN_COMMAND_PREFIX } from '../commands/idempotency-key.policy.ts';

/** A payment that should not be there. */
export interface UnwantedPayment {
  readonly merchantId: string;
  readonly attemptId: string;
  readonly paymentId: string;
}

/**
 * One cancel for each attempt, whoever asks for it: by setting or by hand it is the same command, until it is refused.
 * @param nth 1 for the first command, 2 once that was refused, and so on
 */
export function toCancelCommandId({ attemptId }: Pick<UnwantedPayment, 'attemptId'>, nth = 1): string {
  return nth === 1 ? `${OWN_COMMAND_PREFIX}${attemptId}` : `${OWN_COMMAND_PREFIX}${attemptId}-${nth}`;
}

/**
 * Asks for the cancel of an unwanted payment, by this command.
 * @param asking what asks, unique for each time that it is asked, and who it is
 */
export function toCancelRequest(
  { merchantId, paymentId }: UnwantedPayment,
  { commandId, asking, requester }: { readonly commandId: string; readonly asking: string; readonly requester: string },
  now: Date,
): OutgoingEvent {
  return event({
    definition: PaymentCommandRequested,
    data: {
      merchantId,
      commandId,
      requestedAt: now.toISOString(),
      requester,
      command: { kind: 'cancel', paymentId, reason: 'Paid against what was decided' },
    },
    subject: paymentId,
    cause: { source: '/tollgate/gateway/unwanted-payment', id: asking },
  });
}
