import { afterAll } from '@jest/globals';
import {
  IdentityDatabase,
  IdentityLookup,
  Invitations,
  Keys,
  LoginThrottle,
  Merchants,
  Passwords,
  People,
  PeopleDirectory,
  prepareIdentity,
  Sessions,
  SignIn,
} from '@tollgate/identity';
import { Database, MerchantDirectory, prepareDatabase, upsertMerchant } from '@tollgate/persistence';
import { testDatabase, type TestDatabase } from '@tollgate/testing';

/** Hashes that cost next to nothing. */
export const CHEAP = { memoryKib: 8, passes: 1 };
export const masterKey = Buffer.alloc(32, 9).toString('base64');

/** One installation's keys and people, seen by their owner, by a service that signs people in, and by one that reads. */
export interface IdentityStage {
  readonly database: TestDatabase;
  readonly schemas: { readonly identity: string; readonly merchants: string };
  readonly urls: { readonly owner: string; readonly writer: string; readonly reader: string };
  /** As the command line has it. */
  readonly keys: Keys;
  readonly merchants: Merchants;
  /** As the console has it. */
  readonly people: People;
  readonly sessions: Sessions;
  readonly invitations: Invitations;
  readonly signIn: SignIn;
  /** As every service has it. */
  readonly lookup: IdentityLookup;
  readonly directory: PeopleDirectory;
}

/** @param fileUrl the test file's `import.meta.url` */
export async function prepareIdentityStage(fileUrl: string): Promise<IdentityStage> {
  const database = await testDatabase(fileUrl);
  const schemas = { identity: `${database.schema}_identity`, merchants: `${database.schema}_merchants` };
  const installation = {
    adminUrl: database.url,
    masterKey,
    merchantsSchema: schemas.merchants,
    rolePrefix: database.schema,
  };
  const urls = await prepareDatabase({
    ...installation,
    services: [
      { service: 'console', schema: `${database.schema}_console` },
      { service: 'intake', schema: `${database.schema}_intake` },
    ],
  });
  const owner = await prepareIdentity({
    ...installation,
    schema: schemas.identity,
    readers: ['intake'],
    writers: ['console'],
  });
  await upsertMerchant({
    ...installation,
    merchant: { merchantId: 'shop', intakeApiKey: 'intake-key', primerApiKey: 'p', webhookSecret: 'w' },
  });
  const connect = async (service: string, databaseUrl: string): Promise<Database> => {
    const connected = await Database.connect({ service, databaseUrl, schema: schemas.identity, poolSize: 4 });
    afterAll(() => connected.close());
    return connected;
  };
  const identityOf = async (service: string, url: string) =>
    new IdentityDatabase(await connect(service, url), schemas.identity, schemas.merchants);
  const asWriter = await identityOf('console', urls.console);
  const readers = await connect('intake', urls.intake);
  const asReader = new IdentityDatabase(readers, schemas.identity);
  const asOwner = await identityOf('ops', owner);
  const passwords = new Passwords(CHEAP);
  const sessions = new Sessions(asWriter);
  const people = new People(asWriter, sessions, passwords);
  const directoryOfMerchants = new MerchantDirectory(readers, { schema: schemas.merchants, masterKey, secrets: [] });
  return {
    database,
    schemas,
    urls: { owner, writer: urls.console, reader: urls.intake },
    keys: new Keys(asOwner),
    merchants: new Merchants(asOwner),
    people,
    sessions,
    invitations: new Invitations(asWriter, sessions, passwords),
    signIn: new SignIn(asWriter, { throttle: new LoginThrottle(asWriter), passwords, sessions, people }),
    lookup: new IdentityLookup(asReader, directoryOfMerchants),
    directory: new PeopleDirectory(asReader),
  };
}
