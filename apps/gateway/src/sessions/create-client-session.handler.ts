import { Injectable } from '@nestjs/common';
import { type ClientSessionAnswer, type CreateClientSessionBody, KnownError } from '@tollgate/contracts';
import { MerchantDirectory } from '@tollgate/persistence';
import type { ClientSession, ClientSessionCall } from '@tollgate/primer-client';
import { PrimerConnection } from '../calls/primer-connection.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { ClientSessionRepository } from './client-session.repository.ts';

/**
 * Makes a session at Primer whose payments wait for an approve, and remembers what it is about before anybody gets its
 * token: no attempt of it can come sooner. A session whose making was not answered is nobody's, so a repetition is safe.
 */
@Injectable()
export class CreateClientSessionHandler {
  constructor(
    private readonly primer: PrimerConnection,
    private readonly merchants: MerchantDirectory,
    private readonly sessions: ClientSessionRepository,
    private readonly settings: CallSettings,
  ) {}

  /** @throws KnownError PROVIDER_REFUSED, PROVIDER_UNAVAILABLE, PROVIDER_ANSWER_UNKNOWN, DATABASE_UNAVAILABLE */
  async create(merchantId: string, body: CreateClientSessionBody): Promise<ClientSessionAnswer> {
    const { orderId, amount, currencyCode, customerId, emailAddress, metadata } = body;
    const apiKey = await this.merchants.primerApiKey(merchantId);
    const call = await this.primer.createClientSession(
      {
        approvalMode: 'MANUAL',
        ...{ orderId, currencyCode, amount: BigInt(amount) },
        ...(customerId === undefined ? {} : { customerId }),
        ...(emailAddress === undefined ? {} : { customer: { emailAddress } }),
        ...(metadata === undefined ? {} : { metadata }),
      },
      { apiKey, merchantId, timeoutMs: this.settings.readTimeoutMs },
    );
    const { session, clientToken } = toManualSession(call);
    const order = { orderId, amountMinor: String(amount), currency: currencyCode };
    await this.sessions.insert(merchantId, order, toClientSessionId(session));
    return {
      clientToken,
      clientTokenExpiresAt: session.clientTokenExpiresAt ?? null,
      approvalMode: 'MANUAL',
      ...{ orderId, amount, currencyCode },
      warnings: session.warnings.flatMap(({ code, type }) => code ?? type ?? []),
    };
  }
}

/** The session as Primer made it. @throws KnownError for anything but a new MANUAL session with its token */
function toManualSession(call: ClientSessionCall): { session: ClientSession; clientToken: string } {
  if (call.kind !== 'answered' || call.status === 429) {
    throw new KnownError('PROVIDER_UNAVAILABLE', { detail: 'Whether the session was made is not known: make another' });
  }
  if (call.status >= 400) {
    throw new KnownError('PROVIDER_REFUSED', { facts: { status: call.status, errorId: call.errorId ?? null } });
  }
  const { session } = call;
  const clientToken = session?.clientToken;
  // A session that is not MANUAL would be paid without an approve.
  if (session === undefined || clientToken === undefined || (session.approvalMode ?? 'MANUAL') !== 'MANUAL') {
    throw new KnownError('PROVIDER_ANSWER_UNKNOWN', { facts: { status: call.status } });
  }
  return { session, clientToken };
}

/** Primer's documents promise the back end no id of a session; where the answer has one all the same, it is used. */
function toClientSessionId({ raw }: ClientSession): string | undefined {
  const { clientSessionId, id } = raw as { clientSessionId?: unknown; id?: unknown };
  const told = clientSessionId ?? id;
  return typeof told === 'string' && told.length > 0 && told.length <= 256 ? told : undefined;
}
