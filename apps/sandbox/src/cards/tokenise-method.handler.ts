import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.service.ts';
import { MICROS_PER_MILLISECOND } from '../clock/micros.policy.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { DEFAULT_CARD_NUMBER, describeCard } from './card.policy.ts';
import type { AccountInstrument, CardInstrument, PaymentInstrument } from './payment-instrument.types.ts';
import type { PaymentMethodWish } from './payment-method.schema.ts';
import { newTokenText } from './token-text.policy.ts';

const ANALYTICS_ID_LENGTH = 24;
const YEARS_UNTIL_EXPIRY = 4;

/** What is written on a card beside its number. */
interface CardFace {
  readonly cardholderName: string;
  readonly expirationMonth?: string | undefined;
  readonly expirationYear?: string | undefined;
}

/** Turns what a shopper pays with into a token; a card's number is kept nowhere. */
@Injectable()
export class TokeniseMethodHandler {
  private readonly analyticsKey: string;

  constructor(
    store: SandboxStore,
    private readonly clock: Clock,
  ) {
    this.analyticsKey = store.getOrCreateSetting('analyticsKey', () => randomBytes(32).toString('base64'));
  }

  handle(wish: PaymentMethodWish & CardFace): PaymentInstrument {
    const { paymentMethodType, cardNumber = DEFAULT_CARD_NUMBER, emailAddress, outcome } = wish;
    return paymentMethodType === 'PAYMENT_CARD'
      ? this.tokeniseCard(cardNumber, wish)
      : this.openAccount({ methodType: paymentMethodType, emailAddress, outcome });
  }

  private tokeniseCard(cardNumber: string, face: CardFace): CardInstrument {
    const today = new Date(this.clock.nowMicros() / MICROS_PER_MILLISECOND);
    return {
      ...describeCard(cardNumber),
      token: newTokenText(),
      analyticsId: this.toAnalyticsId(cardNumber),
      cardholderName: face.cardholderName,
      expirationMonth: face.expirationMonth ?? '12',
      expirationYear: face.expirationYear ?? String(today.getUTCFullYear() + YEARS_UNTIL_EXPIRY),
    };
  }

  private openAccount(account: Pick<AccountInstrument, 'methodType' | 'emailAddress' | 'outcome'>): AccountInstrument {
    return {
      ...account,
      token: newTokenText(),
      analyticsId: this.toAnalyticsId(`${account.methodType} ${account.emailAddress}`),
      reference: randomUUID(),
    };
  }

  /** The same for every token of one card or account, and keyed, so that nobody can find it by trying them all. */
  private toAnalyticsId(secret: string): string {
    return createHmac('sha256', this.analyticsKey).update(secret).digest('base64url').slice(0, ANALYTICS_ID_LENGTH);
  }
}
