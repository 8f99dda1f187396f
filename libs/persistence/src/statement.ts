/** One SQL statement. Its name makes it a prepared statement: parsed and planned once a connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** PostgreSQL cuts identifiers, statement names among them, after 63 bytes. */
const STATEMENT_NAME_LENGTH_MAX = 63;

const known = new Map<string, string>();

/**
 * Declares a statement, once, at module level.
 * @param name unique in the process, at most 63 characters, for example `claim-actions`
 * @throws Error when the name is taken by another text: the server would run the older one
 */
export function sql(name: string, text: string): Statement {
  if (name.length === 0 || name.length > STATEMENT_NAME_LENGTH_MAX) {
    throw new Error(`A statement name has 1 to ${STATEMENT_NAME_LENGTH_MAX} characters: "${name}"`);
  }
  const earlier = known.get(name);
  if (earlier !== undefined && earlier !== text) {
    throw new Error(`Two statements are called "${name}"`);
  }
  known.set(name, text);
  return Object.freeze({ name, text });
}
