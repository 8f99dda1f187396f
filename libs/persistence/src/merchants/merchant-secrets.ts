import { createHash } from 'node:crypto';
import { deriveKey, seal, unseal } from '../sealing.ts';

/** Columns that hold sealed secrets. */
export type SealedColumn = 'primer_api_key_sealed' | 'webhook_secret_sealed' | 'webhook_secret_secondary_sealed';

/** Seals and opens the secrets of the merchants table: each is bound to its merchant and its column. */
export class MerchantSecrets {
  readonly #key: Buffer;

  /** @throws Error when the master key is not 32 bytes in base64 */
  constructor(masterKey: string) {
    this.#key = deriveKey(masterKey, 'merchant-secrets');
  }

  seal(secret: string, merchantId: string, column: SealedColumn): string {
    return seal(secret, this.#key, [merchantId, column]);
  }

  /** @throws Error when it was sealed by another master key, or for another place */
  open(sealed: string, merchantId: string, column: SealedColumn): string {
    return unseal(sealed, this.#key, [merchantId, column]);
  }
}

/** SHA-256 of a bearer key, in lower-case hex. Keys are 256 random bits, so a plain hash is enough. */
export function hashBearerKey(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex');
}
