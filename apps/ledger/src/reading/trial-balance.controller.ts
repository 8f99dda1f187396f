import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  trialBalanceAnswer,
  trialBalanceQuery,
  type TrialBalanceAnswer,
  type TrialBalanceQuery,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, RequireScope } from '@tollgate/platform';
import { TakeTrialBalanceHandler } from './take-trial-balance.handler.ts';

/** The proof of the books: debits and credits, and the cache against the fold. */
@ApiTags('books')
@Controller('v1/trial-balance')
export class TrialBalanceController {
  constructor(private readonly handler: TakeTrialBalanceHandler) {}

  @Get()
  @RequireScope('payments:read')
  @Answers(200, trialBalanceAnswer, {
    description: 'Sums per currency and layer; of a past moment with effectiveBy or recordedBy',
    example: {
      balanced: true,
      cacheAgrees: true,
      sums: [
        {
          currency: 'EUR',
          layer: 'pending',
          debitsMinor: '4200',
          creditsMinor: '-4200',
          sumMinor: '0',
          balanced: true,
          accounts: [
            { account: 'processor:STRIPE:captured', type: 'asset', balanceMinor: '4200' },
            { account: 'sales:clearing', type: 'liability', balanceMinor: '-4200' },
          ],
        },
      ],
      differences: [],
    },
  })
  @AnswersProblem('VALIDATION_FAILED')
  take(@Query({ schema: trialBalanceQuery }) query: TrialBalanceQuery): Promise<TrialBalanceAnswer> {
    return this.handler.handle(query);
  }
}
