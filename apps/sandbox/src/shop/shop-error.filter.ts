import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ShopError } from './shop.errors.ts';

/** Answers the shop's own errors in the words that its page shows. */
@Catch(ShopError)
export class ShopErrorFilter implements ExceptionFilter<ShopError> {
  catch(error: ShopError, host: ArgumentsHost): void {
    void host.switchToHttp().getResponse<FastifyReply>().code(error.status).send({ message: error.message });
  }
}
