import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { PrimerCalls } from '../api/primer-calls.service.ts';
import { readJsonBody, readValid } from '../api/primer-request.schema.ts';
import { Clock } from '../clock/clock.service.ts';
import { clientSessionValidationError, metadataContainsEmptyKey } from './client-session.errors.ts';
import { mergeDetails, sessionAmount, toSessionAnswer } from './client-session.policy.ts';
import { ClientSessionRepository } from './client-session.repository.ts';
import { clientSessionDetailsSchema, clientSessionUpdateSchema } from './client-session.schema.ts';

const MODEL = 'ClientSessionUpdateAPIRequest';

/** Changes what a client session says of its checkout; never how its attempts are approved. */
@Injectable()
export class UpdateClientSessionHandler {
  constructor(
    private readonly calls: PrimerCalls,
    private readonly sessions: ClientSessionRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws PrimerError 400 for a token that is unknown, expired or another tenant's; 422 for what cannot be changed */
  async handle(call: PrimerCall): Promise<object> {
    return this.calls.perform(call, (effect) => {
      const { clientToken, ...changes } = readValid(clientSessionUpdateSchema, readJsonBody(call.body), MODEL);
      if (changes.metadata && Object.hasOwn(changes.metadata, '')) throw metadataContainsEmptyKey();
      const session = this.sessions.findByToken(clientToken);
      const isValid =
        session?.tenantId === call.tenantId && this.clock.nowMicros() < (session?.tokenExpiresAtMicros ?? 0);
      if (!session || !isValid) throw clientSessionValidationError();
      const details = readValid(clientSessionDetailsSchema, mergeDetails(session.details, changes), MODEL);
      this.sessions.updateDetails(session.id, details);
      effect({
        name: 'CLIENT_SESSION_UPDATED',
        attemptId: session.currentAttemptId,
        facts: { clientSessionId: session.id, amount: sessionAmount(details), currencyCode: details.currencyCode },
      });
      return toSessionAnswer({ ...session, details });
    });
  }
}
