import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { journalAnswer, listJournalQuery, type JournalAnswer, type ListJournalQuery } from '@tollgate/contracts';
import { Answers, AnswersProblem, RequireScope } from '@tollgate/platform';
import { ListJournalHandler } from './list-journal.handler.ts';

/** The journal: insert-only, each entry balanced per currency and layer. */
@ApiTags('books')
@Controller('v1/journal')
export class JournalController {
  constructor(private readonly handler: ListJournalHandler) {}

  @Get()
  @RequireScope('payments:read')
  @Answers(200, journalAnswer, {
    description: 'Entries in the order of writing',
    example: {
      data: [
        {
          entryId: '17',
          merchantId: 'acme',
          paymentId: 'kHdEw9EG',
          evidenceId: '019cab12-7c3e-7d11-9f2a-0c5d8e1b2a34',
          positionVersion: 2,
          effectiveAt: '2026-03-02T10:15:30.987654Z',
          recordedAt: '2026-03-02T10:15:31.204000Z',
          postings: [
            {
              account: 'processor:STRIPE:captured',
              layer: 'pending',
              amount: { amountMinor: '4200', currency: 'EUR' },
            },
            { account: 'sales:clearing', layer: 'pending', amount: { amountMinor: '-4200', currency: 'EUR' } },
          ],
        },
      ],
      nextCursor: null,
    },
  })
  @AnswersProblem('VALIDATION_FAILED')
  list(@Query({ schema: listJournalQuery }) query: ListJournalQuery): Promise<JournalAnswer> {
    return this.handler.handle(query);
  }
}
