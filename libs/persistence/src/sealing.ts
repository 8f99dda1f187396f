import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Bytes of the master key, and of every key derived from it. */
const KEY_BYTES = 32;
/** The nonce length AES-GCM is specified for (NIST SP 800-38D). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = 'v1';

/**
 * Reads TOLLGATE_MASTER_KEY.
 * @throws Error when it is not 32 bytes in base64; the text is never repeated in the message
 */
export function parseMasterKey(masterKey: string): Buffer {
  const bytes = Buffer.from(masterKey, 'base64');
  if (bytes.length !== KEY_BYTES) {
    throw new Error(`TOLLGATE_MASTER_KEY must be ${KEY_BYTES} random bytes in base64 (openssl rand -base64 32)`);
  }
  return bytes;
}

/**
 * A key for one purpose (HKDF-SHA-256, RFC 5869): who learns it learns nothing about the master key or other purposes.
 * @param purpose for example `token-hash`
 */
export function deriveKey(masterKey: string, purpose: string): Buffer {
  const salt = Buffer.alloc(0);
  return Buffer.from(hkdfSync('sha256', parseMasterKey(masterKey), salt, `tollgate/${purpose}/v1`, KEY_BYTES));
}

/**
 * Seals a secret with AES-256-GCM under a random nonce.
 * @param boundTo where the secret lives (merchant id and column): a sealed text copied elsewhere does not open
 */
export function seal(secret: string, key: Buffer, boundTo: readonly string[]): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(toAdditionalData(boundTo));
  const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${FORMAT}.${sealed.toString('base64url')}`;
}

/**
 * Opens what {@link seal} made.
 * @throws Error when the key, the place or a single bit is another one; the message holds nothing of the secret
 */
export function unseal(sealed: string, key: Buffer, boundTo: readonly string[]): string {
  const [format, text] = sealed.split('.', 2);
  const bytes = Buffer.from(text ?? '', 'base64url');
  if (format !== FORMAT || bytes.length < NONCE_BYTES + TAG_BYTES) {
    throw new Error(`Not a sealed secret (${boundTo.join(', ')})`);
  }
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
    decipher.setAAD(toAdditionalData(boundTo));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new Error(
      `A sealed secret does not open (${boundTo.join(', ')}): is TOLLGATE_MASTER_KEY the one it was sealed with?`,
      {
        cause,
      },
    );
  }
}

/** JSON keeps the borders between the parts. */
function toAdditionalData(boundTo: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(boundTo), 'utf8');
}
