import { Module } from '@nestjs/common';

import { Decision } from './decision.entity.ts';
import { database } from './database.ts';
import { RiskController } from './risk.controller.ts';
import { kafkaClient } from './kafka.ts';

@Module({ imports: [...database('risk', [Decision]), kafkaClient('risk')], controllers: [RiskController] })
export class RiskModule {}
