import { Injectable } from '@nestjs/common';
import { KnownError, type PaymentCommandRequestedData } from '@tollgate/contracts';
import { type EventBatch, keepOfKnownMerchants, type ReceivedEvent } from '@tollgate/messaging';
import { MerchantDirectory, PaymentTokens } from '@tollgate/persistence';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { CommandBell } from './command-leases.service.ts';
import { CommandRepository, type DigestedCommand, toCommandKeyText } from './command.repository.ts';
import type { CommandRequest } from './command.types.ts';
import { openCommand, toRequestText } from './incoming-command.policy.ts';

type Requested = ReceivedEvent<PaymentCommandRequestedData>;

/**
 * Takes commands in from the topic. The first of an id takes the row, the same again changes nothing, another one of
 * the same id is set aside.
 */
@Injectable()
export class ReceiveCommandsHandler {
  constructor(
    private readonly commands: CommandRepository,
    private readonly merchants: MerchantDirectory,
    private readonly tokens: PaymentTokens,
    private readonly bell: CommandBell,
    private readonly clock: DatabaseClock,
  ) {}

  /** @throws KnownError that is retriable, after which nothing has happened */
  async receive({ events, tx }: EventBatch<PaymentCommandRequestedData>): Promise<void> {
    const kept = await keepOfKnownMerchants(this.merchants, tx, events);
    const incoming = new Map<Requested, DigestedCommand>(kept.map(({ event }) => [event, this.#open(event)]));
    if (incoming.size === 0) {
      return;
    }
    const stored = await this.commands.takeIn(tx, [...incoming.values()]);
    for (const [event, { command, digest }] of incoming) {
      if (stored.get(toCommandKeyText(command))?.digest !== digest) {
        tx.reject(event, new KnownError('PAYMENT_COMMAND_CONFLICT', { facts: { commandId: command.commandId } }));
      }
    }
    tx.afterCommit(() => this.bell.ringIn(0));
  }

  #open({ data, traceparent }: Requested): DigestedCommand {
    const { merchantId, commandId, requestedAt, requester } = data;
    const { request, sealedToken } = toRequest(data);
    const command = openCommand(
      {
        merchantId,
        commandId,
        request,
        sealedToken,
        ...(requester === undefined ? {} : { requester }),
        requestedAt: new Date(requestedAt),
        traceparent: traceparent ?? null,
      },
      this.clock.now(),
    );
    const token = sealedToken === null ? null : this.#openToken(sealedToken, data);
    return { command, digest: this.tokens.digest(toRequestText(request, token)) };
  }

  /** A token that does not open is refused when its turn comes; until then its sealed text tells it from others. */
  #openToken(sealedToken: string, { merchantId, commandId }: PaymentCommandRequestedData): string {
    try {
      return this.tokens.open(sealedToken, { merchantId, commandId });
    } catch {
      return sealedToken;
    }
  }
}

function toRequest({ command }: PaymentCommandRequestedData): { request: CommandRequest; sealedToken: string | null } {
  if (command.kind !== 'create') {
    return { request: command, sealedToken: null };
  }
  const { sealedToken, ...request } = command;
  return { request, sealedToken };
}
