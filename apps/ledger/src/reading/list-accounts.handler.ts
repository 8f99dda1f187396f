import { Injectable } from '@nestjs/common';
import type { AccountAnswer, AccountListAnswer, ListAccountsQuery } from '@tollgate/contracts';
import { accountType } from '../books/account.policy.ts';
import { BooksRepository, type AccountRow } from './books.repository.ts';
import { toPage } from './page-cursor.policy.ts';

/** Lists accounts with their balances. */
@Injectable()
export class ListAccountsHandler {
  constructor(private readonly books: BooksRepository) {}

  async handle(query: ListAccountsQuery): Promise<AccountListAnswer> {
    const { rows, nextCursor } = toPage(await this.books.listAccounts(query), query.limit, (row) => row.account_id);
    return { data: rows.map(toAccountAnswer), nextCursor };
  }
}

function toAccountAnswer(row: AccountRow): AccountAnswer {
  const { currency } = row;
  return {
    merchantId: row.merchant_id,
    account: row.name,
    type: accountType(row.name),
    pending: { amountMinor: row.pending_minor, currency },
    posted: { amountMinor: row.posted_minor, currency },
  };
}
