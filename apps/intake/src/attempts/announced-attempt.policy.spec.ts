import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { attemptTokenised, postAttemptBody } from '@tollgate/contracts';
import { PersonalValues } from '@tollgate/persistence';
import fc from 'fast-check';
import { hashToken, toTokenisedData } from './announced-attempt.policy.ts';

const key = createSecretKey(Buffer.alloc(32, 1));
const body = {
  clientSessionId: 'session-1',
  paymentAttemptId: '6C5D3A30-3C2E-4F55-9D8E-5B3D5E3A5C7F',
  timestamp: 1_795_000_000,
  paymentMethodToken: {
    token: 'single-use-token',
    tokenType: 'SINGLE_USE',
    paymentInstrumentType: 'PAYMENT_CARD',
    paymentInstrumentData: {
      first6Digits: '411111',
      last4Digits: '1111',
      network: 'VISA',
      cardholderName: 'Ada Lovelace',
      expirationMonth: '03',
      expirationYear: '2030',
      number: '4111111111111111',
    },
    vaultData: null,
    threeDSecureAuthentication: null,
  },
  order: {
    orderId: 'order-1',
    amount: 4200,
    currencyCode: 'EUR',
    billingAddress: { countryCode: 'DE', city: 'Berlin' },
  },
};
const personal = new PersonalValues(Buffer.alloc(32, 9).toString('base64'));
const tokenised = (changes: object = {}, personId?: string) =>
  toTokenisedData(postAttemptBody.parse({ ...body, ...changes }), { merchantId: 'shop', personId }, key, personal);
const withMethod = (method: object) => ({ paymentMethodToken: { ...body.paymentMethodToken, ...method } });

describe('an announced attempt', () => {
  it('says of e-mail address, IP address and device only whether they are the same as another time', () => {
    const order = { ...body.order, emailAddress: 'Ann@Example.com' };
    const data = tokenised({ order, shopper: { ipAddress: '192.0.2.7', deviceId: 'a-device-of-ann' } });
    expect(data.order.emailHash).toBe(personal.hash('email', 'ann@example.com'));
    expect(data.shopper?.ipHash).toBe(personal.hash('ip', '192.0.2.7'));
    expect(data.shopper?.deviceHash).toBe(personal.hash('device', 'a-device-of-ann'));
    expect(JSON.stringify(data)).not.toMatch(/ann|192\.0/i);
  });

  it('says whose key it came by where that is a person, who is no second person for it', () => {
    expect(attemptTokenised.parse(tokenised({}, 'id-of-ann')).postedBy).toBe('id-of-ann');
    expect(tokenised()).not.toHaveProperty('postedBy');
  });

  it('fits the schema of its event and carries the order as the shop states it', () => {
    const data = tokenised();
    expect(attemptTokenised.parse(data)).toEqual(data);
    expect(data).toMatchObject({
      paymentAttemptId: body.paymentAttemptId.toLowerCase(),
      order: { orderId: 'order-1', amountMinor: '4200', currency: 'EUR', billingCountry: 'DE' },
      paymentMethod: { bin: '411111', last4: '1111', network: 'VISA', expirationMonth: '03', expirationYear: '2030' },
    });
  });

  it('holds neither the token, nor the card number, nor the name on the card', () => {
    const text = JSON.stringify(tokenised());
    for (const secret of ['single-use-token', '4111111111111111', 'Ada', 'Berlin']) {
      expect(text).not.toContain(secret);
    }
  });

  it('knows its instrument by analyticsId, else by a keyed hash of the token', () => {
    expect(tokenised(withMethod({ analyticsId: 'instrument-1' })).instrument).toBe('instrument-1');
    expect(tokenised().instrument).toBe(hashToken('single-use-token', key));
    expect(hashToken('single-use-token', key)).not.toBe(
      hashToken('single-use-token', createSecretKey(Buffer.alloc(32, 2))),
    );
    expect(tokenised(withMethod({ analyticsId: null })).instrument).toBe(tokenised().instrument);
  });

  it('takes the BIN from the event that carries it where the card data lacks it', () => {
    const binData = { firstDigits: '42424242', preferred: { issuerCountryCode: 'FR', network: 'VISA' } };
    const data = tokenised({ ...withMethod({ paymentInstrumentData: null }), binData });
    expect(data.paymentMethod).toMatchObject({ bin: '424242', issuerCountry: 'FR', network: 'VISA' });
  });

  it('drops card fields that do not look like themselves, whatever the browser sends', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (more, value) => {
        const paymentInstrumentData = {
          ...more,
          first6Digits: value,
          last4Digits: value,
          network: value,
          binData: value,
        };
        const data = tokenised({ ...withMethod({ paymentInstrumentData }), binData: { preferred: value } });
        expect(attemptTokenised.safeParse(data).success).toBe(true);
      }),
    );
  });

  it('never passes a card number on in the wrong field', () => {
    const number = '4111111111111111';
    const data = tokenised(
      withMethod({ paymentInstrumentData: { network: number, last4Digits: number, first6Digits: number } }),
    );
    expect(JSON.stringify(data)).not.toContain('1111111');
  });
});
