import { Module } from '@nestjs/common';

import { AttemptAction } from './attempt-action.entity.ts';
import { database } from './database.ts';
import { GatewayController } from './gateway.controller.ts';
import { kafkaClient } from './kafka.ts';

@Module({
  imports: [...database('gateway', [AttemptAction]), kafkaClient('gateway')],
  controllers: [GatewayController],
})
export class GatewayModule {}
