import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** What a webhook's signature is checked with. */
export interface WebhookSignatureCheck {
  /** The body's bytes as they came in: a body parsed and written again does not verify. */
  readonly rawBody: Uint8Array;
  /** The header `X-Signature-Primary`. */
  readonly primary: string | undefined;
  /** The header `X-Signature-Secondary`, sent for 24 hours after a secret was rotated. */
  readonly secondary?: string | undefined;
  /** As keys, so that a busy merchant's secret is prepared once. */
  readonly secrets: { readonly primary: KeyObject; readonly secondary?: KeyObject | undefined };
}

/**
 * True if either header is base64(HMAC-SHA256(raw body, secret)) for either secret. Around a rotation the two sides
 * may disagree on which secret is the first, so every pair counts. The provider's pages name HMAC and base64, not the
 * hash function: SHA-256 is what its integrations use.
 */
export function verifyWebhookSignature(check: WebhookSignatureCheck): boolean {
  const given = [check.primary, check.secondary].filter((header) => header !== undefined);
  const secrets = [check.secrets.primary, check.secrets.secondary].filter((secret) => secret !== undefined);
  let verified = false;
  for (const secret of secrets) {
    if (secret.symmetricKeySize === 0) {
      continue; // An empty secret would be one that everybody knows.
    }
    const expected = Buffer.from(createHmac('sha256', secret).update(check.rawBody).digest('base64'));
    for (const header of given) {
      // No early end: how long it takes tells nothing about which pair fitted.
      verified = equalsInConstantTime(Buffer.from(header.trim()), expected) || verified;
    }
  }
  return verified;
}

function equalsInConstantTime(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
