import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  accountListAnswer,
  listAccountsQuery,
  type AccountListAnswer,
  type ListAccountsQuery,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, RequireScope } from '@tollgate/platform';
import { ListAccountsHandler } from './list-accounts.handler.ts';

/** Accounts and their balances, from the cache that every batch moves along. */
@ApiTags('books')
@Controller('v1/accounts')
export class AccountsController {
  constructor(private readonly handler: ListAccountsHandler) {}

  @Get()
  @RequireScope('payments:read')
  @Answers(200, accountListAnswer, {
    description: 'Accounts with their balances by layer',
    example: {
      data: [
        {
          merchantId: 'acme',
          account: 'processor:STRIPE:captured',
          type: 'asset',
          pending: { amountMinor: '4200', currency: 'EUR' },
          posted: { amountMinor: '0', currency: 'EUR' },
        },
      ],
      nextCursor: null,
    },
  })
  @AnswersProblem('VALIDATION_FAILED')
  list(@Query({ schema: listAccountsQuery }) query: ListAccountsQuery): Promise<AccountListAnswer> {
    return this.handler.handle(query);
  }
}
