import { RouteConfig } from '@nestjs/platform-fastify';
import type { Scope } from '@tollgate/contracts';

/** Who may call a route. One without it is closed to all but the operator. */
export type RouteAccess = { readonly open: string } | { readonly anyOf: readonly Scope[] };

/** What platform's decorators put into Fastify's route config, where the onRequest hook reads it. */
export interface PlatformRouteConfig {
  readonly access?: RouteAccess;
  /** The body stays the bytes that arrived, whatever the content type says. */
  readonly rawBody?: boolean;
  /** Counts against the service's limit of requests in hand. */
  readonly countsInHand?: boolean;
}

const ROUTE = Symbol('tollgate.route');

/** `@RouteConfig` replaces what an earlier decorator set, so the parts are collected first. */
export function addRouteConfig(part: PlatformRouteConfig): MethodDecorator {
  return (target, key, descriptor) => {
    const handler = descriptor.value as object;
    const config: PlatformRouteConfig = {
      ...(Reflect.getMetadata(ROUTE, handler) as PlatformRouteConfig | undefined),
      ...part,
    };
    Reflect.defineMetadata(ROUTE, config, handler);
    RouteConfig(config)(target, key, descriptor);
  };
}

declare module 'fastify' {
  // Fastify's own way to type a route's config.
  interface FastifyContextConfig extends PlatformRouteConfig {}
}
