import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  type BacktestAnswer,
  backtestAnswer,
  backtestExample,
  type BacktestInput,
  backtestInput,
  backtestListAnswer,
  type Principal,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, CurrentPrincipal, RequireScope } from '@tollgate/platform';
import { z } from 'zod';
import { FindBacktestsHandler } from './find-backtests.handler.ts';
import { RunBacktestHandler } from './run-backtest.handler.ts';

/** Candidates tried on history. */
@Controller('v1/backtests')
export class BacktestsController {
  readonly #run: RunBacktestHandler;
  readonly #find: FindBacktestsHandler;

  constructor(run: RunBacktestHandler, find: FindBacktestsHandler) {
    this.#run = run;
    this.#find = find;
  }

  @Post()
  @HttpCode(202)
  @RequireScope('risk:write', 'operator')
  @Answers(202, backtestAnswer, {
    description: 'It runs',
    example: { ...backtestExample, status: 'running', result: null },
  })
  @AnswersProblem('MALFORMED_JSON', 'VALIDATION_FAILED', 'UNSUPPORTED_MEDIA_TYPE')
  @AnswersProblem('RULESET_NOT_FOUND', 'RULESET_INVALID', 'OVERLOADED')
  run(
    @Body({ schema: backtestInput }) body: BacktestInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<BacktestAnswer> {
    return this.#run.run(body, principal);
  }

  @Get()
  @RequireScope('risk:read')
  @Answers(200, backtestListAnswer, {
    description: 'The newest fifty',
    example: { data: [backtestExample], nextCursor: null },
  })
  async list(): Promise<{ data: BacktestAnswer[]; nextCursor: null }> {
    return { data: await this.#find.list(), nextCursor: null };
  }

  @Get(':id')
  @RequireScope('risk:read')
  @Answers(200, backtestAnswer, { description: 'One backtest, with its figures when done', example: backtestExample })
  @AnswersProblem('BACKTEST_NOT_FOUND', 'VALIDATION_FAILED')
  get(@Param('id', { schema: z.uuid() }) id: string): Promise<BacktestAnswer> {
    return this.#find.get(id);
  }
}
