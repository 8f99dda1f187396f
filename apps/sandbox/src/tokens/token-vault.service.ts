import { Injectable } from '@nestjs/common';
import type { PaymentInstrument } from '../cards/payment-instrument.types.ts';
import { newTokenText } from '../cards/token-text.policy.ts';
import { Clock } from '../clock/clock.service.ts';
import { TokenRepository } from './token.repository.ts';

/** Keeps cards for payments to come. */
@Injectable()
export class TokenVault {
  constructor(
    private readonly tokens: TokenRepository,
    private readonly clock: Clock,
  ) {}

  /** The same card under a token that stays; belongs into the transaction of the payment that vaults it. */
  keep(instrument: PaymentInstrument, owner: { tenantId: string; customerId: string | undefined }): PaymentInstrument {
    const vaulted = { ...instrument, token: newTokenText() };
    this.tokens.insert(
      {
        ...owner,
        kind: 'MULTI_USE',
        instrument: vaulted,
        sessionId: undefined,
        expiresAtMicros: undefined,
        usedAtMicros: undefined,
      },
      this.clock.nowMicros(),
    );
    return vaulted;
  }
}
