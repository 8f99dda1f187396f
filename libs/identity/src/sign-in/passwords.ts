import { hash, verify } from '@node-rs/argon2';
import { KnownError } from '@tollgate/contracts';
import pLimit from 'p-limit';

/** What hashing one password costs. */
export interface PasswordCost {
  /** Kibibytes. */
  readonly memoryKib: number;
  readonly passes: number;
}

/** OWASP's Password Storage Cheat Sheet for argon2id, one lane: 19 MiB, two passes. */
export const PASSWORD_COST: PasswordCost = { memoryKib: 19_456, passes: 2 };

/** NIST SP 800-63B: length is what counts; no rules about kinds of letters. */
export const PASSWORD_LENGTH_MIN = 12;
export const PASSWORD_LENGTH_MAX = 256;

/** Value of argon2id in the library's enumeration, which exists for the compiler only. */
const ARGON2ID = 2;
/** Hashing is made to be dear: so many at once, so many waiting, and one more is asked to come back. */
const AT_ONCE = 2;
const WAITING_MAX = 64;

/**
 * Passwords in and out of argon2id. An account that is not there costs as much as a wrong password: it is compared
 * with a hash that no password has.
 */
export class Passwords {
  readonly #limit = pLimit(AT_ONCE);
  readonly #decoy: Promise<string>;

  constructor(private readonly cost: PasswordCost = PASSWORD_COST) {
    this.#decoy = this.#hash(crypto.randomUUID());
    // Whoever waits for it hears of a failure; without anybody it must not end the process.
    this.#decoy.catch(() => undefined);
  }

  /** @throws KnownError VALIDATION_FAILED when it is too short, too long, or the e-mail address itself */
  async hash(password: string, email: string): Promise<string> {
    assertUsable(password, email);
    return this.#run(() => this.#hash(password));
  }

  /**
   * Whether the password is the one of the hash.
   * @param passwordHash undefined for somebody who has none, or is not there
   * @throws KnownError OVERLOADED
   */
  async fits(password: string, passwordHash: string | undefined): Promise<boolean> {
    const compared = passwordHash ?? (await this.#decoy);
    const fits = await this.#run(() => verify(compared, password));
    return fits && passwordHash !== undefined;
  }

  #hash(password: string): Promise<string> {
    const { memoryKib, passes } = this.cost;
    return hash(password, { algorithm: ARGON2ID, memoryCost: memoryKib, timeCost: passes, parallelism: 1 });
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#limit.pendingCount >= WAITING_MAX) {
      throw new KnownError('OVERLOADED', { facts: { retryAfterSeconds: 1 } });
    }
    return this.#limit(work);
  }
}

function assertUsable(password: string, email: string): void {
  const complaint = complaintAbout(password, email);
  if (complaint !== undefined) {
    throw new KnownError('VALIDATION_FAILED', { facts: { errors: [{ path: 'password', message: complaint }] } });
  }
}

function complaintAbout(password: string, email: string): string | undefined {
  if (password.length < PASSWORD_LENGTH_MIN) {
    return `at least ${PASSWORD_LENGTH_MIN} characters`;
  }
  if (password.length > PASSWORD_LENGTH_MAX) {
    return `at most ${PASSWORD_LENGTH_MAX} characters`;
  }
  if (new Set(password).size < 4) {
    return 'more than three different characters';
  }
  return password.toLowerCase().includes(email.toLowerCase()) ? 'not the e-mail address' : undefined;
}
