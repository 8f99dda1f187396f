import type { Command, CommandKey, CommandRequest } from './command.types.ts';

/** A command as it is taken in: nothing has been sent, it is due at once. */
export function openCommand(
  incoming: CommandKey & {
    readonly request: CommandRequest;
    readonly sealedToken: string | null;
    /** Absent: the merchant's own systems. */
    readonly requester?: string;
    readonly requestedAt: Date;
    readonly traceparent: string | null;
  },
  now: Date,
): Command {
  const { merchantId, commandId, request, sealedToken, requestedAt, traceparent } = incoming;
  const { requester = toOwnRequester(merchantId) } = incoming;
  return {
    merchantId,
    commandId,
    request,
    paymentId: request.kind === 'create' ? null : request.paymentId,
    sealedToken,
    requester,
    requestedAt,
    traceparent,
    state: 'AWAITING',
    fence: 0,
    calls: 0,
    tries: 0,
    amountMinor: null,
    currency: null,
    final: null,
    before: null,
    arrived: false,
    refusal: null,
    firstCalledAt: null,
    lastCalledAt: null,
    unknownSince: null,
    hold: null,
    holdVerdict: null,
    payment: null,
    reason: null,
    providerErrorId: null,
    concludedAt: null,
    dueAt: now,
    lastAnswer: null,
  };
}

/** Who asks when a merchant's own systems do, as the caller of the merchant's key is named elsewhere. */
export function toOwnRequester(merchantId: string): string {
  return `merchant:${merchantId}`;
}

/** Who asks by a key of this merchant: a person who was given one counts as themselves, however many keys they have. */
export function toRequester({ merchantId, personId }: { merchantId: string; personId?: string }): string {
  return personId === undefined ? toOwnRequester(merchantId) : `person:${personId}`;
}

/** One text for all that is asked for, the same for the same request in whatever order its fields came. */
export function toRequestText(request: CommandRequest, token: string | null): string {
  return JSON.stringify([toSorted(request), token]);
}

function toSorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, toSorted(entry)]),
  );
}
