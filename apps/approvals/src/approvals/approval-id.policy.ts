const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id as it is kept; undefined for a text that cannot be one, which is then nobody's. */
export function toApprovalId(text: string): string | undefined {
  return UUID.test(text) ? text.toLowerCase() : undefined;
}
