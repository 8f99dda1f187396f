import { Injectable } from '@nestjs/common';
import type { TrialBalanceAnswer, TrialBalanceQuery } from '@tollgate/contracts';
import { BooksRepository } from './books.repository.ts';
import { toTrialBalance } from './trial-balance.policy.ts';

/** Sums all postings and compares them with the cached balances. */
@Injectable()
export class TakeTrialBalanceHandler {
  constructor(private readonly books: BooksRepository) {}

  async handle(query: TrialBalanceQuery): Promise<TrialBalanceAnswer> {
    return toTrialBalance(await this.books.foldPostings(query));
  }
}
