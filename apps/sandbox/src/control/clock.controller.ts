import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answers, AnswersProblem, RequireScope } from '@tollgate/platform';
import { AdvanceClockHandler } from './advance-clock.handler.ts';
import {
  type AdvanceClock,
  advanceClockSchema,
  clockExample,
  type ClockView,
  clockViewSchema,
} from './clock.schema.ts';

/** The emulator's time, for operators. */
@ApiTags('Sandbox control')
@Controller('_sandbox/clock')
export class ClockController {
  constructor(private readonly advanceClock: AdvanceClockHandler) {}

  @Get()
  @RequireScope('operator')
  @ApiOperation({ summary: "What the emulator's clock says" })
  @Answers(200, clockViewSchema, { description: 'The time', example: clockExample })
  now(): ClockView {
    return this.advanceClock.find();
  }

  @Post()
  @HttpCode(200)
  @RequireScope('operator')
  @ApiOperation({ summary: 'Let time pass; answers when everything that fell due is done' })
  @Answers(200, clockViewSchema, { description: 'The time after it', example: clockExample })
  @AnswersProblem('MALFORMED_JSON', 'VALIDATION_FAILED')
  async advance(@Body({ schema: advanceClockSchema }) wish: AdvanceClock): Promise<ClockView> {
    return this.advanceClock.handle(wish);
  }
}
