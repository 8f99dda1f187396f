import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpCode,
  Post,
  UnprocessableEntityException,
} from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answers, AnswersProblem, parseJsonLossless, RawBodyRoute, RequireScope } from '@tollgate/platform';
import { toInputJsonSchema } from '../api/json-schema.policy.ts';
import { AdvanceClockHandler } from './advance-clock.handler.ts';
import {
  type AdvanceClock,
  advanceClockSchema,
  clockExample,
  type ClockView,
  clockViewSchema,
} from './clock.schema.ts';
import { ResetHandler } from './reset.handler.ts';
import { type Reset, resetSchema, type ResetView, resetViewSchema } from './reset.schema.ts';

/** The emulator's time and its beginning, for operators. */
@ApiTags('Sandbox control')
@Controller('_sandbox')
export class ClockController {
  constructor(
    private readonly advanceClock: AdvanceClockHandler,
    private readonly reset: ResetHandler,
  ) {}

  @Get('clock')
  @RequireScope('operator')
  @ApiOperation({ summary: "What the emulator's clock says" })
  @Answers(200, clockViewSchema, { description: 'The time', example: clockExample })
  now(): ClockView {
    return this.advanceClock.find();
  }

  @Post('clock')
  @HttpCode(200)
  @RequireScope('operator')
  @ApiOperation({ summary: 'Let time pass; answers when everything that fell due is done' })
  @Answers(200, clockViewSchema, { description: 'The time after it', example: clockExample })
  @AnswersProblem('MALFORMED_JSON', 'VALIDATION_FAILED')
  async advance(@Body({ schema: advanceClockSchema }) wish: AdvanceClock): Promise<ClockView> {
    return this.advanceClock.handle(wish);
  }

  @Post('reset')
  @HttpCode(200)
  @RequireScope('operator')
  @RawBodyRoute()
  @ApiBody({ required: false, schema: toInputJsonSchema(resetSchema) })
  @ApiOperation({ summary: 'Forget everything and begin anew, at the time of the machine' })
  @Answers(200, resetViewSchema, { description: 'Nothing is left', example: { ...clockExample, aheadMs: 0, seed: 1 } })
  @AnswersProblem('MALFORMED_REQUEST', 'VALIDATION_FAILED')
  async beginAnew(@Body() bytes: Buffer | undefined): Promise<ResetView> {
    return this.reset.handle(readReset(bytes));
  }
}

/** The body may be left out, whatever type its header promises. */
function readReset(bytes: Buffer | undefined): Reset {
  const wish = resetSchema.safeParse(bytes === undefined || bytes.length === 0 ? {} : readJson(bytes));
  if (!wish.success) throw new UnprocessableEntityException();
  return wish.data;
}

function readJson(bytes: Buffer): unknown {
  try {
    return parseJsonLossless(bytes);
  } catch {
    throw new BadRequestException();
  }
}
