import { describe, expect, it } from '@jest/globals';
import { withoutSecrets } from './without-secrets.ts';

describe('what a report shows of an answer', () => {
  it('is no token and no name, however deep', () => {
    const answer = {
      clientToken: 'secret',
      paymentMethod: {
        paymentMethodToken: 'secret',
        paymentMethodData: { cardholderName: 'secret', last4Digits: '1111' },
      },
      transactions: [{ requiredAction: { clientToken: 'secret' } }],
      customer: { email: 'secret', emailAddress: 'secret' },
    };
    const shown = JSON.stringify(withoutSecrets(answer));
    expect(shown).not.toContain('secret');
    expect(shown).toContain('1111');
  });

  it('keeps words, dates and every digit of an amount', () => {
    const answer = { cardTokenType: 'CARD_PAN', clientTokenExpirationDate: '2026-11-22', amount: 2n ** 62n };
    expect(withoutSecrets(answer)).toEqual({ ...answer, amount: '4611686018427387904' });
  });
});
