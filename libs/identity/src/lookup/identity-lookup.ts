import { KnownError, type Principal } from '@tollgate/contracts';
import { sql } from '@tollgate/persistence';
import { type ApiKeyLookup, GroupCommit } from '@tollgate/platform';
import type { IdentityDatabase } from '../identity-database.ts';
import { type BearerRow, toPrincipal } from './bearer.policy.ts';

/** Age up to which a key found is believed: a revoked key is refused within it. Sessions are asked for each time. */
const FRESH_MS = 3_000;
/** While the database is away, keys found earlier are believed up to this age. */
const STALE_MAX_MS = 60_000;
const QUESTIONS_AT_ONCE_MAX = 500;
const QUESTIONS_WAITING_MAX = 20_000;

const findBearers = sql(
  'identity-find-bearers',
  'SELECT * FROM identity.bearer WHERE secret_sha256 = ANY ($1::text[])',
);

/**
 * Tells whose key or session a bearer secret is. Merchants' own keys are known from memory; everything else is one
 * statement over keys and sessions. Questions that come while one is under way wait for it and are asked together, so
 * that a flood of wrong keys is no flood of queries.
 */
export class IdentityLookup implements ApiKeyLookup {
  readonly #questions: GroupCommit<string, Principal | undefined>;
  readonly #keys = new Map<string, { principal: Principal; foundAt: number }>();

  constructor(
    private readonly database: IdentityDatabase,
    private readonly merchants: ApiKeyLookup,
  ) {
    this.#questions = new GroupCommit<string, Principal | undefined>({
      name: 'bearer',
      maxBatch: QUESTIONS_AT_ONCE_MAX,
      maxWaiting: QUESTIONS_WAITING_MAX,
      concurrency: 1,
      run: (digests) => this.#ask(digests),
    });
  }

  /** @throws KnownError DATABASE_UNAVAILABLE when it cannot tell */
  async findPrincipal(keySha256Hex: string): Promise<Principal | undefined> {
    const known = this.#keys.get(keySha256Hex);
    const ageMs = known === undefined ? Infinity : performance.now() - known.foundAt;
    if (known !== undefined && ageMs < FRESH_MS) {
      return known.principal;
    }
    const merchant = known === undefined ? await this.merchants.findPrincipal(keySha256Hex) : undefined;
    if (merchant !== undefined) {
      return merchant;
    }
    try {
      return await this.#questions.submit(keySha256Hex);
    } catch (error) {
      if (known !== undefined && ageMs < STALE_MAX_MS && error instanceof KnownError && error.retriable) {
        return known.principal;
      }
      throw error;
    }
  }

  async #ask(digests: readonly string[]): Promise<Array<{ ok: Principal | undefined }>> {
    const askedAt = performance.now();
    const rows = await this.database.query<BearerRow>(findBearers, [[...new Set(digests)]]);
    const found = new Map(rows.map((row) => [row.secret_sha256, toPrincipal(row)]));
    return digests.map((digest) => {
      const principal = found.get(digest);
      if (principal === undefined || principal.kind === 'person') {
        this.#keys.delete(digest);
      } else {
        this.#keys.set(digest, { principal, foundAt: askedAt });
      }
      return { ok: principal };
    });
  }
}
