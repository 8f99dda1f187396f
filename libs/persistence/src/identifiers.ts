const PLAIN_IDENTIFIER = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * Quotes a schema or role name for use in SQL text.
 * @throws Error when it is not a plain lower-case identifier of at most 63 characters. Names come from configuration,
 *   so refusing the unusual is better than escaping it right in one place and wrong in another.
 */
export function quoteIdentifier(name: string): string {
  return `"${assertIdentifier(name)}"`;
}

/** @throws Error when `name` is not a plain lower-case identifier (letters, digits, underscores; at most 63). */
export function assertIdentifier(name: string): string {
  if (!PLAIN_IDENTIFIER.test(name)) {
    throw new Error(
      `"${name}" cannot name a schema or role: lower-case letters, digits and underscores only, at most 63 characters`,
    );
  }
  return name;
}

/** Quotes a value for the few utility statements (CREATE ROLE …) that take no parameters. */
export function quoteLiteral(value: string): string {
  if (value.includes('\0') || value.includes('\\')) {
    throw new Error('A literal must hold neither NUL nor backslash');
  }
  return `'${value.replaceAll("'", "''")}'`;
}
