import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.service.ts';
import { MICROS_PER_MILLISECOND } from '../clock/micros.policy.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { describeCard } from './card.policy.ts';
import type { PaymentInstrument } from './payment-instrument.types.ts';
import { newTokenText } from './token-text.policy.ts';

const ANALYTICS_ID_LENGTH = 24;
const YEARS_UNTIL_EXPIRY = 4;

/** Turns a card number into a token; the number itself is kept nowhere. */
@Injectable()
export class TokeniseCardHandler {
  private readonly analyticsKey: string;

  constructor(
    store: SandboxStore,
    private readonly clock: Clock,
  ) {
    this.analyticsKey = store.getOrCreateSetting('analyticsKey', () => randomBytes(32).toString('base64'));
  }

  handle(card: {
    readonly cardNumber: string;
    readonly cardholderName: string;
    readonly expirationMonth?: string | undefined;
    readonly expirationYear?: string | undefined;
  }): PaymentInstrument {
    const today = new Date(this.clock.nowMicros() / MICROS_PER_MILLISECOND);
    return {
      ...describeCard(card.cardNumber),
      token: newTokenText(),
      analyticsId: this.toAnalyticsId(card.cardNumber),
      cardholderName: card.cardholderName,
      expirationMonth: card.expirationMonth ?? '12',
      expirationYear: card.expirationYear ?? String(today.getUTCFullYear() + YEARS_UNTIL_EXPIRY),
    };
  }

  /** The same for every token of one card, and keyed, so that nobody can find the number by trying them all. */
  private toAnalyticsId(cardNumber: string): string {
    return createHmac('sha256', this.analyticsKey).update(cardNumber).digest('base64url').slice(0, ANALYTICS_ID_LENGTH);
  }
}
