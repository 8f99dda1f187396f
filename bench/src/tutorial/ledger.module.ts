import { Module } from '@nestjs/common';

import { Balance } from './balance.entity.ts';
import { Delivery } from './delivery.entity.ts';
import { JournalEntry } from './journal-entry.entity.ts';
import { Payment } from './payment.entity.ts';
import { Posting } from './posting.entity.ts';
import { database } from './database.ts';
import { LedgerController } from './ledger.controller.ts';
import { kafkaClient } from './kafka.ts';

@Module({
  imports: [...database('ledger', [Balance, Delivery, JournalEntry, Payment, Posting]), kafkaClient('ledger')],
  controllers: [LedgerController],
})
export class LedgerModule {}
