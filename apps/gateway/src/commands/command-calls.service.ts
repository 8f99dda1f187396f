import { Injectable } from '@nestjs/common';
import { KnownError } from '@tollgate/contracts';
import { MerchantDirectory, PaymentTokens, PersonalValues } from '@tollgate/persistence';
import { Log } from '@tollgate/platform';
import type { PaymentCall, PaymentRead, ReadCall } from '@tollgate/primer-client';
import { PrimerConnection } from '../calls/primer-connection.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { toRefusedRead } from '../incidents/key-incident.policy.ts';
import type { Command, CommandCall, CommandKey, PaymentSight } from './command.types.ts';

/** With which key one call is made, and who may still stop it before it begins. */
export interface CommandCallLimits {
  readonly apiKey: string;
  /** Asked directly before the first byte would leave. */
  readonly maySend: () => boolean;
}

/** Whose payment is read, with which key, and how long that may take. */
export interface ReadLimits {
  readonly merchantId: string;
  readonly apiKey: string;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/** Events tell captures and their finality apart, which amounts alone do not. */
const EXPAND = ['transactions.events'] as const;

/** Reads payments at Primer and calls it for commands. Network trouble is a result, never an error thrown. */
@Injectable()
export class CommandCalls {
  constructor(
    private readonly primer: PrimerConnection,
    private readonly merchants: MerchantDirectory,
    private readonly tokens: PaymentTokens,
    private readonly personal: PersonalValues,
    private readonly settings: CallSettings,
    private readonly log: Log,
  ) {}

  /** Undefined when it cannot be had now: the command waits. */
  async findApiKey({ merchantId, commandId }: CommandKey): Promise<string | undefined> {
    try {
      return await this.merchants.primerApiKey(merchantId);
    } catch (error) {
      this.log.warn("The merchant's key for Primer cannot be read", { merchantId, commandId, error });
      return undefined;
    }
  }

  async readPayment(paymentId: string, { apiKey, merchantId, signal, timeoutMs }: ReadLimits): Promise<PaymentSight> {
    const read = await this.primer.getPayment(paymentId, {
      apiKey,
      merchantId,
      signal,
      timeoutMs: timeoutMs ?? this.settings.readTimeoutMs,
      expand: EXPAND,
    });
    const sight = toSight(read);
    if (read.kind !== 'found' || sight.kind !== 'found') {
      return sight;
    }
    const emailHash = this.personal.hash('email', read.value.details.customer?.emailAddress);
    return { ...sight, ...withoutAbsent({ emailHash }) };
  }

  /** Sends the command as it was committed: amount and finality outright, under its own id as idempotency key. */
  async call(command: Command, limits: CommandCallLimits): Promise<CommandCall> {
    if (!this.opensToken(command)) {
      return { kind: 'notSent', reason: 'token-not-opened' };
    }
    try {
      return toCommandCall(await this.#send(command, limits));
    } catch (error) {
      // The client refuses what Primer's schema would refuse, before anything is sent.
      if (error instanceof KnownError && error.code === 'VALIDATION_FAILED') {
        return { kind: 'answered', status: 422, understood: true, errorId: 'RequestNotSent' };
      }
      throw error;
    }
  }

  /** True if the token of a create opens, or there is none to open. */
  opensToken(command: Command): boolean {
    try {
      this.#openToken(command);
      return true;
    } catch {
      return command.request.kind !== 'create';
    }
  }

  async #send(command: Command, limits: CommandCallLimits): Promise<PaymentCall> {
    const { request, merchantId, commandId, amountMinor, final } = command;
    const timeoutMs = this.settings.commandTimeoutMs;
    // The row repeats, and knows that it does; a client that repeated by itself would hide a first effect.
    const options = { ...limits, merchantId, idempotencyKey: commandId, timeoutMs, retriesMax: 0 };
    const expand = [...EXPAND];
    switch (request.kind) {
      case 'create': {
        const { orderId, currency, customerId, metadata, paymentType, vaultOnSuccess, descriptor } = request;
        const method = withoutAbsent({ paymentType, vaultOnSuccess, descriptor });
        return this.primer.createPayment(
          {
            paymentMethodToken: this.#openToken(command),
            orderId,
            amount: BigInt(request.amountMinor),
            currencyCode: currency,
            ...withoutAbsent({ customerId, metadata }),
            ...(Object.keys(method).length === 0 ? {} : { paymentMethod: method }),
            expand,
          },
          options,
        );
      }
      case 'capture':
        return this.primer.capturePayment(
          request.paymentId,
          { amount: toAmount(amountMinor), final: final ?? true, expand },
          options,
        );
      case 'cancel':
        return this.primer.cancelPayment(
          request.paymentId,
          { ...withoutAbsent({ reason: request.reason }), expand },
          options,
        );
      default:
        return this.primer.refundPayment(
          request.paymentId,
          {
            amount: toAmount(amountMinor),
            ...withoutAbsent({ orderId: request.orderId, reason: request.reason }),
            expand,
          },
          options,
        );
    }
  }

  #openToken({ sealedToken, merchantId, commandId }: Command): string {
    if (sealedToken === null) {
      throw new Error('The command brings no token');
    }
    return this.tokens.open(sealedToken, { merchantId, commandId });
  }
}

/**
 * A read of one payment in the words of the policies. Primer says of an unknown one 400, of others' 404; the same from
 * somebody else, a proxy for one, says nothing about the payment.
 */
export function toSight(read: ReadCall<PaymentRead>): PaymentSight {
  if (read.kind === 'found') {
    return { kind: 'found', payment: read.value.snapshot };
  }
  if (read.kind === 'unavailable') {
    return { kind: 'unavailable', ...(read.retryAfterMs === undefined ? {} : { retryAfterMs: read.retryAfterMs }) };
  }
  const isPrimers = read.error !== undefined;
  const otherwise = isPrimers && [400, 404, 422].includes(read.status) ? 'missing' : 'unavailable';
  return toRefusedRead(read.status) ?? { kind: otherwise };
}

function toCommandCall(call: PaymentCall): CommandCall {
  if (call.kind !== 'answered') {
    return call;
  }
  const { kind, status, understood, errorId, paymentId, payment, retryAfterMs } = call;
  return { kind, status, understood, ...withoutAbsent({ errorId, paymentId, payment, retryAfterMs }) };
}

/** Set before the first call: a command without it is never sent. */
function toAmount(amountMinor: string | null): bigint {
  if (amountMinor === null) {
    throw new Error('A capture or refund is sent with its amount');
  }
  return BigInt(amountMinor);
}

function withoutAbsent<Value extends object>(value: Value): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as {
    [Key in keyof Value]?: Exclude<Value[Key], undefined>;
  };
}
