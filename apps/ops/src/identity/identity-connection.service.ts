import {
  IdentityDatabase,
  Invitations,
  Keys,
  LoginThrottle,
  Merchants,
  Passwords,
  People,
  Sessions,
  SignIn,
} from '@tollgate/identity';
import { Database } from '@tollgate/persistence';
import type { OpsSettings } from '../ops.config.ts';

/** What can be done with keys, people and merchants from here. */
export interface IdentityDesk {
  readonly keys: Keys;
  readonly people: People;
  readonly merchants: Merchants;
  readonly invitations: Invitations;
  readonly signIn: SignIn;
}

/** Pause until a database that is away is given up; milliseconds. */
const PATIENCE_MS = 2_000;

/** Opens the identity schema for as long as `work` takes. @throws KnownError DATABASE_UNAVAILABLE; ConfigError */
export async function withIdentity<T>(settings: OpsSettings, work: (desk: IdentityDesk) => Promise<T>): Promise<T> {
  const { databaseUrl, schema, merchantsSchema } = settings.identity();
  const database = await Database.connect({
    service: 'ops',
    databaseUrl,
    schema,
    poolSize: 1,
    startWaitMs: PATIENCE_MS,
  });
  try {
    const identity = new IdentityDatabase(database, schema, merchantsSchema);
    const sessions = new Sessions(identity);
    const passwords = new Passwords();
    const people = new People(identity, sessions, passwords);
    const throttle = new LoginThrottle(identity);
    return await work({
      keys: new Keys(identity),
      people,
      merchants: new Merchants(identity),
      signIn: new SignIn(identity, { throttle, passwords, sessions, people }),
      invitations: new Invitations(identity, sessions, passwords),
    });
  } finally {
    await database.close();
  }
}
