/** The services that the page reaches through the console. */
export const PROXIED_SERVICES = ['intake', 'risk', 'approvals', 'gateway', 'ledger'] as const;
export type ProxiedService = (typeof PROXIED_SERVICES)[number];

/** A call of the page that may go on to a service. */
export interface ProxiedCall {
  readonly service: ProxiedService;
  /** Path and query, as the service takes them. */
  readonly target: string;
}

/**
 * All that the page asks of services, and nothing else: `:id` stands for one segment. Whether the person may, says the
 * service; this list only keeps what a page has no business with (posting attempts, metrics, documents) out of reach.
 */
const ROUTES = [
  'GET approvals /v0/approvals',
  'GET approvals /v0/approvals/stream',
  'GET approvals /v0/approvals/:id',
  'PATCH approvals /v0/approvals/:id',
  'GET intake /v1/attempts',
  'GET intake /v1/attempts/:id',
  'GET risk /v1/decisions/:id',
  'GET risk /v1/decisions/:id/recompute',
  'GET risk /v1/rulesets',
  'POST risk /v1/rulesets',
  'GET risk /v1/rulesets/audit',
  'GET risk /v1/rulesets/:id',
  'GET risk /v1/rulesets/:id/differences',
  'GET risk /v1/rulesets/:id/hits',
  'POST risk /v1/rulesets/:id/shadow',
  'POST risk /v1/rulesets/:id/propose',
  'POST risk /v1/rulesets/:id/promote',
  'POST risk /v1/rulesets/:id/retire',
  'POST risk /v1/rulesets/rollback',
  'GET risk /v1/backtests',
  'POST risk /v1/backtests',
  'GET risk /v1/backtests/:id',
  'GET gateway /v1/actions/:id',
  'GET gateway /v1/incidents',
  'GET ledger /v1/payments/:id',
  'GET ledger /v1/journal',
].map((route) => {
  const [method, service, path = ''] = route.split(' ');
  // No percent sign, no slash, no leading dot: nothing that a router or proxy could read in another way.
  const pattern = new RegExp(`^${path.replaceAll(':id', String.raw`[\w~:-][\w.~:-]{0,127}`)}$`);
  return { method, service, pattern };
});

/**
 * Where a call of the page goes.
 * @param url path and query below the console's own prefix: `/<service>/<path of the service>`
 * @returns undefined: nowhere
 */
export function findProxiedCall(method: string, url: string): ProxiedCall | undefined {
  const [, service, target] = /^\/([a-z]+)(\/.*)$/.exec(url) ?? [];
  const known = PROXIED_SERVICES.find((each) => each === service);
  if (known === undefined || target === undefined) return undefined;
  const path = target.split('?', 1)[0] ?? '';
  const isListed = ROUTES.some(
    (route) => route.method === method && route.service === service && route.pattern.test(path),
  );
  return isListed ? { service: known, target } : undefined;
}
