/**
 * The methods that each path is served for. Fastify's router answers 404 for a known path with another method;
 * with this table the answer is 405 and names the methods (RFC 9110, section 15.5.6).
 */
export class RouteTable {
  private readonly methodsByPattern = new Map<string, { matches: RegExp; methods: Set<string> }>();

  /** @param pattern in the router's syntax: `/v1/attempts/:id`, `/docs/*` */
  add(methods: string | readonly string[], pattern: string): void {
    const row = this.methodsByPattern.get(pattern) ?? { matches: toRegExp(pattern), methods: new Set<string>() };
    for (const method of typeof methods === 'string' ? [methods] : methods) {
      row.methods.add(method);
    }
    this.methodsByPattern.set(pattern, row);
  }

  /** The methods served at a request target, its query aside; none if nothing is there. */
  findMethods(target: string): string[] {
    const path = target.split('?', 1)[0] ?? '';
    const found = new Set<string>();
    for (const { matches, methods } of this.methodsByPattern.values()) {
      if (matches.test(path)) {
        methods.forEach((method) => found.add(method));
      }
    }
    return [...found].toSorted();
  }
}

function toRegExp(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/:[^/]+/g, '[^/]+')
    .replaceAll('*', '.*');
  return new RegExp(`^${source}$`);
}
