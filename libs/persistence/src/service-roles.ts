import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { assertIdentifier } from './identifiers.ts';
import { deriveKey } from './sealing.ts';

/** Prefix of the database roles; another one lets two installations share a server. */
export const ROLE_PREFIX_DEFAULT = 'tollgate';

/** A service's database role, for example `tollgate_intake`. */
export function toRoleName(service: string, rolePrefix: string = ROLE_PREFIX_DEFAULT): string {
  return assertIdentifier(`${rolePrefix}_${service}`);
}

/** The role's password: an HMAC under the master key, so that there is nothing to store and nothing to hand around. */
export function toRolePassword(masterKey: string, roleName: string): string {
  return createHmac('sha256', deriveKey(masterKey, 'database-role-password')).update(roleName).digest('base64url');
}

/** The service's own connection string, made from the administrator's. */
export function toServiceUrl(adminUrl: string, roleName: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = roleName;
  url.password = password;
  return url.toString();
}

/**
 * How a service reaches its database, told by whoever holds the master key.
 * @param serverUrl any connection string of the same server and database; its account is replaced
 */
export function toServiceDatabaseUrl(serverUrl: string, options: { service: string; masterKey: string }): string {
  const role = toRoleName(options.service);
  return toServiceUrl(serverUrl, role, toRolePassword(options.masterKey, role));
}

const SCRAM_ITERATIONS = 4096;
const SCRAM_SALT_BYTES = 16;
const SCRAM_KEY_BYTES = 32;

/**
 * The SCRAM-SHA-256 verifier of a password (RFC 5803), which PostgreSQL stores as it is: the password itself never
 * crosses the wire nor shows in the server's log.
 */
export function toScramVerifier(password: string, salt: Buffer = randomBytes(SCRAM_SALT_BYTES)): string {
  const salted = pbkdf2Sync(password, salt, SCRAM_ITERATIONS, SCRAM_KEY_BYTES, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${SCRAM_ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
