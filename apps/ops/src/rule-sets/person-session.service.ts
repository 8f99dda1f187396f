import { withIdentity } from '../identity/identity-connection.service.ts';
import type { OpsSettings } from '../ops.config.ts';

/** Stands in the record of sign-ins for a terminal. */
const ADDRESS = 'command line';

/**
 * Runs `work` as a person who signs in for it alone, with the password of TOLLGATE_PASSWORD or of the local
 * installation's credentials.
 * @throws KnownError SIGN_IN_REFUSED, TOO_MANY_SIGN_INS; ConfigError where no password is known
 */
export async function asPerson<T>(
  settings: OpsSettings,
  email: string,
  work: (secret: string) => Promise<T>,
): Promise<T> {
  const password = settings.passwordOf(email);
  return withIdentity(settings, async ({ signIn }) => {
    const { session } = await signIn.signIn({ email, password, address: ADDRESS });
    try {
      return await work(session.secret);
    } finally {
      await signIn.signOut(session.secret, email);
    }
  });
}
