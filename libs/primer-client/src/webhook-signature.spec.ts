import { createHmac, createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { verifyWebhookSignature } from './webhook-signature.ts';

const sign = (body: Uint8Array, secret: string) => createHmac('sha256', secret).update(body).digest('base64');
const key = (secret: string) => createSecretKey(secret, 'utf8');
const secretText = fc.string({ minLength: 1, maxLength: 40 });

describe('verifyWebhookSignature', () => {
  it('accepts any bytes that were signed with the secret', () => {
    fc.assert(
      fc.property(fc.uint8Array(), secretText, (rawBody, secret) => {
        const primary = sign(rawBody, secret);
        expect(verifyWebhookSignature({ rawBody, primary, secrets: { primary: key(secret) } })).toBe(true);
      }),
    );
  });

  it('refuses when a single byte of the body differs', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), secretText, fc.nat(), (rawBody, secret, at) => {
        const changed = rawBody.map((byte, index) => (index === at % rawBody.length ? byte ^ 1 : byte));
        const primary = sign(rawBody, secret);
        expect(verifyWebhookSignature({ rawBody: changed, primary, secrets: { primary: key(secret) } })).toBe(false);
      }),
    );
  });

  it('accepts either header for either secret while a rotation is under way', () => {
    const rawBody = Buffer.from('{"eventType":"PAYMENT.STATUS"}');
    const secrets = { primary: key('new'), secondary: key('old') };
    const other = sign(rawBody, 'somebody else');
    expect(verifyWebhookSignature({ rawBody, primary: sign(rawBody, 'old'), secrets })).toBe(true);
    expect(verifyWebhookSignature({ rawBody, primary: other, secondary: sign(rawBody, 'old'), secrets })).toBe(true);
    expect(verifyWebhookSignature({ rawBody, primary: other, secondary: sign(rawBody, 'new'), secrets })).toBe(true);
    expect(verifyWebhookSignature({ rawBody, primary: other, secondary: other, secrets })).toBe(false);
  });

  it('refuses a missing, empty, cut or otherwise encoded signature', () => {
    const rawBody = Buffer.from('x');
    const secrets = { primary: key('secret') };
    const whole = sign(rawBody, 'secret');
    const hex = createHmac('sha256', 'secret').update(rawBody).digest('hex');
    for (const primary of [undefined, '', whole.slice(0, -1), `${whole}=`, hex]) {
      expect(verifyWebhookSignature({ rawBody, primary, secrets })).toBe(false);
    }
  });

  it('never accepts the signature of an empty secret', () => {
    const rawBody = Buffer.from('x');
    const primary = sign(rawBody, '');
    expect(verifyWebhookSignature({ rawBody, primary, secrets: { primary: key('') } })).toBe(false);
  });
});
