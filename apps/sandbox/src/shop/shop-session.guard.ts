import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ShopAccess } from './shop-access.service.ts';
import { foreignOrigin, sessionOver } from './shop.errors.ts';

/**
 * Lets the shop's own page in and nobody else: the session cookie says who, and what changes something must come from a
 * page of this very origin. Browsers send `Origin` with every POST, and no page can forge it (Fetch standard).
 */
@Injectable()
export class ShopSessionGuard implements CanActivate {
  constructor(private readonly access: ShopAccess) {}

  /** @throws ShopError 403 */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (!this.access.hasSession(request.headers.cookie)) throw sessionOver();
    if (request.method !== 'GET' && !isFromOwnPage(request)) throw foreignOrigin();
    return true;
  }
}

function isFromOwnPage({ headers }: FastifyRequest): boolean {
  const { origin, host } = headers;
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}
