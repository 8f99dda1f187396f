import type { ProxiedService } from './proxied-routes.policy.ts';

/** Where each service is found: its origin. Also the injection token. */
export abstract class ServiceAddresses {
  abstract readonly of: Readonly<Record<ProxiedService, string>>;
}
