import { hash, timingSafeEqual } from 'node:crypto';
import { KnownError, OPERATOR_TOKEN_SCOPES, type Principal } from '@tollgate/contracts';

/** Finds whose key this is. Provided by whoever keeps the merchants, under {@link API_KEY_LOOKUP}. */
export interface ApiKeyLookup {
  /**
   * @param keySha256Hex SHA-256 of the presented key, 64 hex digits; the key itself is never handed on
   * @throws KnownError DATABASE_UNAVAILABLE if it cannot tell
   */
  findPrincipal(keySha256Hex: string): Promise<Principal | undefined>;
}

/** Injection token of the {@link ApiKeyLookup}. Without a provider only the operator token is known. */
export const API_KEY_LOOKUP = Symbol('API_KEY_LOOKUP');

const OPERATOR: Principal = Object.freeze({ kind: 'operator', scopes: OPERATOR_TOKEN_SCOPES });

/** RFC 6750, section 2.1; longer than any key of ours is not a key. */
const BEARER = /^Bearer ([\x21-\x7e]{1,512})$/i;
/** RFC 7617; accepted for the documentation pages only, where a browser asks. */
const BASIC = /^Basic ([\w+/=]{1,1024})$/i;

/** Tells who calls, from the `Authorization` header. */
export class Authenticator {
  private readonly operatorDigest: Buffer;
  private lookup: ApiKeyLookup | undefined;

  /** @param findLookup asked at the first key that is not the operator's, when every module is there */
  constructor(
    operatorToken: string,
    private readonly findLookup: () => ApiKeyLookup | undefined,
  ) {
    this.operatorDigest = hash('sha256', operatorToken, 'buffer');
  }

  /**
   * @param header the request's `Authorization`
   * @returns undefined without a key or with one nobody has
   * @throws KnownError retriable if the lookup cannot tell; that is never answered as a wrong key
   */
  async findPrincipal(header: string | undefined): Promise<Principal | undefined> {
    const key = header === undefined ? undefined : BEARER.exec(header)?.[1];
    return key === undefined ? undefined : this.findPrincipalOfKey(key);
  }

  /**
   * Whose key this is, wherever it was presented.
   * @throws KnownError retriable if the lookup cannot tell
   */
  async findPrincipalOfKey(key: string): Promise<Principal | undefined> {
    if (this.isOperatorToken(key)) {
      return OPERATOR;
    }
    try {
      this.lookup ??= this.findLookup();
      return await this.lookup?.findPrincipal(hash('sha256', key, 'hex'));
    } catch (error) {
      throw error instanceof KnownError ? error : new KnownError('DATABASE_UNAVAILABLE', { cause: error });
    }
  }

  /** A browser cannot send a bearer token when it opens a page: the token is taken as the password of any user. */
  findPrincipalOfPage(header: string | undefined): Principal | undefined {
    const encoded = header === undefined ? undefined : BASIC.exec(header)?.[1];
    const [, password] = encoded === undefined ? [] : splitOnce(Buffer.from(encoded, 'base64').toString('utf8'));
    return password !== undefined && this.isOperatorToken(password) ? OPERATOR : undefined;
  }

  /** Digests are of equal length and tell nothing about the token, so the comparison's time does not either. */
  private isOperatorToken(key: string): boolean {
    return timingSafeEqual(hash('sha256', key, 'buffer'), this.operatorDigest);
  }
}

function splitOnce(credentials: string): [string, string | undefined] {
  const colon = credentials.indexOf(':');
  return colon === -1 ? [credentials, undefined] : [credentials.slice(0, colon), credentials.slice(colon + 1)];
}
