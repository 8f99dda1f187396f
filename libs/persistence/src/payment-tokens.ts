import { createHmac } from 'node:crypto';
import { deriveKey, seal, unseal } from './sealing.ts';

/** The one place where a sealed token may be opened: the command that brings it. */
export interface TokenPlace {
  readonly merchantId: string;
  readonly commandId: string;
}

/**
 * Payment method tokens of payment commands, sealed under the installation's master key: on a topic and in a row they
 * are unreadable, and a sealed token that is copied to another command does not open.
 */
export class PaymentTokens {
  readonly #sealKey: Buffer;
  readonly #digestKey: Buffer;

  /** @throws Error when the master key is not 32 bytes in base64 */
  constructor(masterKey: string) {
    this.#sealKey = deriveKey(masterKey, 'payment-method-tokens');
    this.#digestKey = deriveKey(masterKey, 'payment-command-digest');
  }

  seal(token: string, place: TokenPlace): string {
    return seal(token, this.#sealKey, toBinding(place));
  }

  /** @throws Error when it was sealed by another master key, or for another command */
  open(sealed: string, place: TokenPlace): string {
    return unseal(sealed, this.#sealKey, toBinding(place));
  }

  /** HMAC-SHA-256 in lower-case hex: equal for equal texts, and nobody can try out tokens against it. */
  digest(text: string): string {
    return createHmac('sha256', this.#digestKey).update(text, 'utf8').digest('hex');
  }
}

function toBinding({ merchantId, commandId }: TokenPlace): readonly string[] {
  return ['payment-method-token', merchantId, commandId];
}
