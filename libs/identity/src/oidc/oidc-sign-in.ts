import { KnownError, type Role } from '@tollgate/contracts';
import { deriveKey, seal, sql, unseal } from '@tollgate/persistence';
import * as provider from 'openid-client';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import type { IdentityDatabase, Queries } from '../identity-database.ts';
import { toPersonPrincipal } from '../lookup/bearer.policy.ts';
import { assertAnotherAdmin, insertNewPerson, lockAdmins, withdrawThoseOf } from '../people/people.ts';
import type { Sessions, SignedIn } from '../sessions/sessions.ts';
import { admit, type KnownByProvider } from './oidc-claims.policy.ts';
import type { OidcSettings } from './oidc-settings.config.ts';

/** Where the provider sends people back to. */
export const OIDC_CALLBACK_PATH = '/oidc/callback';
/** Whoever has not come back from the provider by then begins again; seconds. */
export const OIDC_PATIENCE_SECONDS = 600;
const SEALED_FOR = ['oidc-sign-in'];

/** What has to be the same when somebody comes back: sealed into a cookie, so that nothing is stored for strangers. */
const journey = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), until: z.number() });

interface AccountRow {
  person_id: string;
  email: string;
  display_name: string;
  role: Role;
  disabled_at: Date | null;
}

const lockAccount = sql(
  'identity-lock-oidc-account',
  `SELECT person_id, email, display_name, role, disabled_at FROM identity.person
    WHERE issuer = $1 AND subject = $2 FOR UPDATE`,
);
const updateAccount = sql(
  'identity-update-oidc-account',
  'UPDATE identity.person SET role = $2, display_name = $3 WHERE person_id = $1',
);

/**
 * Sign-in by a company's OpenID Connect provider: authorization code flow with PKCE, state and nonce (RFC 9700). The
 * provider says who somebody is and, by the settings, what they may do: each sign-in brings the role up to date.
 */
export class OidcSignIn {
  readonly #cookieKey: Buffer;
  #found: Promise<provider.Configuration> | undefined;

  constructor(
    private readonly database: IdentityDatabase,
    private readonly sessions: Sessions,
    private readonly settings: OidcSettings,
    private readonly place: { readonly publicUrl: URL; readonly masterKey: string },
  ) {
    this.#cookieKey = deriveKey(place.masterKey, 'oidc-sign-in');
  }

  /**
   * Where to send the browser, and what it carries until it comes back.
   * @throws KnownError PROVIDER_UNAVAILABLE when the provider cannot be asked about itself
   */
  async begin(): Promise<{ url: URL; carried: string }> {
    const verifier = provider.randomPKCECodeVerifier();
    const state = provider.randomState();
    const nonce = provider.randomNonce();
    const until = Date.now() + OIDC_PATIENCE_SECONDS * 1000;
    const url = provider.buildAuthorizationUrl(await this.#configuration(), {
      redirect_uri: new URL(OIDC_CALLBACK_PATH, this.place.publicUrl).href,
      scope: 'openid email profile',
      code_challenge: await provider.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    return { url, carried: seal(JSON.stringify({ state, nonce, verifier, until }), this.#cookieKey, SEALED_FOR) };
  }

  /**
   * Signs in whom the provider sent back.
   * @param answer.target path and query of the request
   * @param answer.carried what {@link begin} gave the same browser
   * @throws KnownError SIGN_IN_REFUSED, without saying why: who is not let in learns no rules; PROVIDER_UNAVAILABLE
   */
  async finish(answer: { target: string; carried: string | undefined; formerSecret?: string }): Promise<SignedIn> {
    const configuration = await this.#configuration();
    const expected = this.#open(answer.carried);
    let claims: Readonly<Record<string, unknown>> | undefined;
    try {
      const tokens = await provider.authorizationCodeGrant(
        configuration,
        new URL(answer.target, this.place.publicUrl),
        {
          pkceCodeVerifier: expected.verifier,
          expectedState: expected.state,
          expectedNonce: expected.nonce,
          idTokenExpected: true,
        },
      );
      claims = tokens.claims();
    } catch (cause) {
      throw new KnownError('SIGN_IN_REFUSED', { cause });
    }
    const known = claims === undefined ? undefined : admit(claims, this.settings);
    if (known === undefined) {
      await recordAudit(this.database, { actor: 'oidc', action: 'sign-in refused', subject: 'not let in' });
      throw new KnownError('SIGN_IN_REFUSED');
    }
    return this.#enter(known, answer.formerSecret);
  }

  /**
   * A person whose account has a password of its own is not taken over by whoever has the same address elsewhere; the
   * last admin is not let in with less, since nobody would be left to manage people.
   */
  async #enter(known: KnownByProvider, formerSecret: string | undefined): Promise<SignedIn> {
    try {
      return await this.database.transaction(async (queries) => {
        const personId = await this.#bringUpToDate(queries, known);
        if (formerSecret !== undefined) {
          await this.sessions.end(formerSecret, 'signed in anew', queries);
        }
        const session = await this.sessions.open(personId, 'oidc', queries);
        const facts = { sessionId: session.sessionId, by: known.issuer };
        await recordAudit(queries, { actor: known.email, action: 'signed in', subject: known.email, facts });
        const person = toPersonPrincipal({
          person_id: personId,
          email: known.email,
          display_name: known.displayName,
          role: known.role,
        });
        return { person, session };
      });
    } catch (error) {
      if (error instanceof KnownError && (error.code === 'PERSON_CONFLICT' || error.code === 'LAST_ADMIN')) {
        const facts = { because: error.code };
        await recordAudit(this.database, { actor: 'oidc', action: 'sign-in refused', subject: known.email, facts });
        throw new KnownError('SIGN_IN_REFUSED', { cause: error });
      }
      throw error;
    }
  }

  async #bringUpToDate(queries: Queries, known: KnownByProvider): Promise<string> {
    await queries.query(lockAdmins);
    const [account] = await queries.query<AccountRow>(lockAccount, [known.issuer, known.subject]);
    if (account === undefined) {
      const { issuer, subject, email, displayName, role } = known;
      return insertNewPerson(queries, { email, displayName, role, oidc: { issuer, subject } }, 'oidc');
    }
    if (account.disabled_at !== null) {
      throw new KnownError('SIGN_IN_REFUSED');
    }
    if (account.role === 'admin' && known.role !== 'admin') {
      await assertAnotherAdmin(queries, account.person_id);
    }
    if (account.role !== known.role || account.display_name !== known.displayName) {
      await queries.query(updateAccount, [account.person_id, known.role, known.displayName]);
    }
    if (account.role === 'admin' && known.role !== 'admin') {
      await queries.query(withdrawThoseOf, [account.email]);
    }
    if (account.role !== known.role) {
      await this.sessions.endAll(account.person_id, { because: 'role changed', queries });
      const facts = { from: account.role, to: known.role };
      await recordAudit(queries, { actor: 'oidc', action: 'role changed', subject: account.email, facts });
    }
    return account.person_id;
  }

  #open(carried: string | undefined): z.output<typeof journey> {
    try {
      const opened = journey.parse(JSON.parse(unseal(carried ?? '', this.#cookieKey, SEALED_FOR)));
      if (opened.until < Date.now()) {
        throw new KnownError('SIGN_IN_REFUSED', { detail: 'It took too long: begin again' });
      }
      return opened;
    } catch (cause) {
      throw cause instanceof KnownError ? cause : new KnownError('SIGN_IN_REFUSED', { cause });
    }
  }

  /** Asked for once; after a failure again. */
  async #configuration(): Promise<provider.Configuration> {
    const { issuer, clientId, clientSecret } = this.settings;
    // A provider on this machine, in tests and trials, may do without TLS; every other is refused without.
    const isLocal = issuer.protocol === 'http:' && /^(?:localhost|127\.|\[::1\])/.test(issuer.hostname);
    this.#found ??= provider.discovery(issuer, clientId, clientSecret, undefined, {
      ...(isLocal ? { execute: [provider.allowInsecureRequests] } : {}),
      timeout: 10,
    });
    try {
      return await this.#found;
    } catch (cause) {
      this.#found = undefined;
      throw new KnownError('PROVIDER_UNAVAILABLE', { cause });
    }
  }
}
