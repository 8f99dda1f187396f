import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeCard, TEST_CARDS } from './card.policy.ts';

it.each([
  ['4111111111111111', 'VISA', 'AUTHORISE'],
  ['4242424242424242', 'VISA', 'AUTHORISE'],
  ['5252525252525258', 'MASTERCARD', 'AUTHORISE'],
  ['5555555555554444', 'MASTERCARD', 'AUTHORISE'],
  ['4035500000000000', 'VISA', 'AUTHORISE'],
  ['5132000000000000', 'MASTERCARD', 'AUTHORISE'],
  ['4970000000000008', 'CARTES_BANCAIRES', 'AUTHORISE'],
  ['4000000000000002', 'VISA', 'DECLINE'],
  ['5100000000000008', 'MASTERCARD', 'DECLINE'],
  ['4000000000000010', 'VISA', 'FAIL'],
  ['5100000000000016', 'MASTERCARD', 'FAIL'],
])('the documented test card %s is a %s card that will %s', (cardNumber, network, outcome) => {
  expect(describeCard(cardNumber)).toMatchObject({ network, outcome });
});

it('fails any card that is no test card', () => {
  const known = new Set(TEST_CARDS.map(([cardNumber]) => cardNumber));
  fc.assert(
    fc.property(fc.stringMatching(/^\d{12,19}$/), (cardNumber) => {
      fc.pre(!known.has(cardNumber));
      expect(describeCard(cardNumber).outcome).toBe('FAIL');
    }),
  );
});

it('keeps no more of a card number than its first six and last four digits', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\d{12,19}$/), (cardNumber) => {
      expect(JSON.stringify(describeCard(cardNumber))).not.toContain(cardNumber);
    }),
  );
});
