import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { announceReady, readServiceSettings } from '../columns/service-settings.ts';
import { kafkaServer } from './kafka.ts';

/** Runs a service that takes HTTP (where it has a port) and events. */
export async function boot(service: string, module: new () => object): Promise<void> {
  const { port } = readServiceSettings();
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
    rawBody: true,
    logger: ['error', 'warn'],
  });
  app.connectMicroservice(kafkaServer(service));
  await app.startAllMicroservices();
  if (port !== 0) await app.listen(port, '127.0.0.1');
  announceReady(() => app.close());
}
