import { Module } from '@nestjs/common';

import { Attempt } from './attempt.entity.ts';
import { database } from './database.ts';
import { IntakeController } from './intake.controller.ts';
import { kafkaClient } from './kafka.ts';

@Module({ imports: [...database('intake', [Attempt]), kafkaClient('intake')], controllers: [IntakeController] })
export class IntakeModule {}
