import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { PrimerCalls } from '../api/primer-calls.service.ts';
import { readValid } from '../api/primer-request.schema.ts';
import { Clock } from '../clock/clock.service.ts';
import { clientSessionValidationError } from './client-session.errors.ts';
import { toSessionAnswer } from './client-session.policy.ts';
import { ClientSessionRepository } from './client-session.repository.ts';
import { clientSessionQuerySchema } from './client-session.schema.ts';

/** Reads a client session back by its token. */
@Injectable()
export class GetClientSessionHandler {
  constructor(
    private readonly calls: PrimerCalls,
    private readonly sessions: ClientSessionRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws PrimerError 400 for a token that is unknown, expired or another tenant's; 422 without one */
  async handle(call: PrimerCall): Promise<object> {
    return this.calls.perform(call, () => {
      const { clientToken } = readValid(clientSessionQuerySchema, call.query, 'ClientSessionQuery');
      const session = this.sessions.findByToken(clientToken);
      const isValid =
        session?.tenantId === call.tenantId && this.clock.nowMicros() < (session?.tokenExpiresAtMicros ?? 0);
      if (!session || !isValid) throw clientSessionValidationError();
      return toSessionAnswer(session);
    });
  }
}
