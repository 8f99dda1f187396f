import { Database } from '@tollgate/persistence';
import { IDENTITY_SCHEMA_DEFAULT, IdentityDatabase } from '../identity-database.ts';
import { Keys } from '../keys/keys.ts';
import { People, type PersonInput } from '../people/people.ts';
import { Sessions } from '../sessions/sessions.ts';
import { type PasswordCost, Passwords } from '../sign-in/passwords.ts';

/** A key that setup keeps under a name of its own. */
export interface ManagedKey {
  /** The field of the credentials file. */
  readonly place: string;
  readonly secret: string;
  /** Absent: the platform's. */
  readonly merchantId?: string;
}

/**
 * Puts the keys and people of an installation's credentials in place; what is there already stays. People are for
 * installations that make them by themselves, which a real one does not: there the first admin is invited.
 * @param options.databaseUrl the owner's, as `prepareIdentity` returns it
 */
export async function ensureKeysAndPeople(options: {
  readonly databaseUrl: string;
  readonly schema?: string;
  readonly keys: readonly ManagedKey[];
  readonly people: ReadonlyArray<PersonInput & { readonly password: string }>;
  readonly passwordCost?: PasswordCost;
}): Promise<void> {
  const schema = options.schema ?? IDENTITY_SCHEMA_DEFAULT;
  const database = await Database.connect({
    service: 'setup',
    databaseUrl: options.databaseUrl,
    schema,
    poolSize: Math.max(1, options.people.length),
  });
  try {
    const identity = new IdentityDatabase(database, schema);
    const keys = new Keys(identity);
    for (const key of options.keys) {
      await keys.keepManaged(key);
    }
    const people = new People(identity, new Sessions(identity), new Passwords(options.passwordCost));
    await Promise.all(options.people.map((person) => people.ensure(person, 'setup')));
  } finally {
    await database.close();
  }
}
