import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { type EffectLog, PrimerCalls } from '../api/primer-calls.service.ts';
import { readJsonBody, readValid } from '../api/primer-request.schema.ts';
import { Clock } from '../clock/clock.service.ts';
import { MICROS_PER_SECOND } from '../clock/micros.policy.ts';
import { toPrimerDate } from '../clock/date.policy.ts';
import { metadataContainsEmptyKey } from './client-session.errors.ts';
import { toSessionAnswer } from './client-session.policy.ts';
import { ClientSessionRepository } from './client-session.repository.ts';
import { clientSessionRequestSchema } from './client-session.schema.ts';
import type { ClientSession, ClientSessionDetails } from './client-session.types.ts';
import type { ApprovalMode } from '../attempts/attempt.policy.ts';

/** "Client tokens expire after 24 hours." */
const CLIENT_TOKEN_LIFE_SECONDS = 24 * 60 * 60;

/** A session that was just made, and the token that opens it: shown this once. */
export interface NewClientSession {
  readonly session: ClientSession;
  readonly clientToken: string;
}

/** Makes client sessions, for Primer's API and for the control API alike. */
@Injectable()
export class CreateClientSessionHandler {
  constructor(
    private readonly calls: PrimerCalls,
    private readonly sessions: ClientSessionRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws PrimerError 400 or 422 as documented */
  async handle(call: PrimerCall): Promise<object> {
    return this.calls.perform(call, (effect) => {
      const body = readJsonBody(call.body);
      const { approvalMode, ...details } = readValid(clientSessionRequestSchema, body, 'ClientSessionAPIRequest');
      if (details.metadata && Object.hasOwn(details.metadata, '')) throw metadataContainsEmptyKey();
      const { session, clientToken } = this.create({ tenantId: call.tenantId, approvalMode, details }, effect);
      return {
        clientToken,
        clientTokenExpirationDate: toPrimerDate(session.tokenExpiresAtMicros),
        ...toSessionAnswer(session),
        warnings: [],
      };
    });
  }

  /** Stores a new session; belongs into the transaction of the call that asked for it. */
  create(
    wish: { tenantId: string; approvalMode: ApprovalMode; details: ClientSessionDetails },
    effect: EffectLog,
  ): NewClientSession {
    const nowMicros = this.clock.nowMicros();
    const session: ClientSession = {
      ...wish,
      id: randomUUID(),
      tokenExpiresAtMicros: nowMicros + CLIENT_TOKEN_LIFE_SECONDS * MICROS_PER_SECOND,
      currentAttemptId: undefined,
    };
    const clientToken = randomBytes(32).toString('base64url');
    this.sessions.insert(session, clientToken, nowMicros);
    effect({
      name: 'CLIENT_SESSION_CREATED',
      facts: { clientSessionId: session.id, approvalMode: session.approvalMode },
    });
    return { session, clientToken };
  }
}
