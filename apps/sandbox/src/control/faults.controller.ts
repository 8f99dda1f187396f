import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Query,
  UnprocessableEntityException,
} from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Answers, AnswersProblem, RawBodyRoute, RequireScope } from '@tollgate/platform';
import { z } from 'zod';
import { toInputJsonSchema } from '../api/json-schema.policy.ts';
import { FaultPlan } from '../faults/fault-plan.service.ts';
import { isLive } from '../faults/fault.policy.ts';
import { faultSchema, type NewFaults, newFaultsSchema } from '../faults/fault.schema.ts';
import type { Fault } from '../faults/fault.types.ts';
import {
  faultIdSchema,
  type FaultList,
  faultListExample,
  faultListSchema,
  type FaultQuery,
  faultQuerySchema,
  type FaultView,
} from './faults.schema.ts';
import { SetFaultsHandler } from './set-faults.handler.ts';

/**
 * Bad days, for operators: what shall go wrong with which calls. Routes that need no body take whatever comes, also a
 * JSON header with nothing behind it.
 */
@ApiTags('Sandbox control')
@Controller('_sandbox/faults')
export class FaultsController {
  constructor(
    private readonly setFaults: SetFaultsHandler,
    private readonly plan: FaultPlan,
  ) {}

  @Post()
  @RequireScope('operator')
  @ApiOperation({ summary: 'Set faults: a list of them, or a single one' })
  @ApiBody({ schema: toInputJsonSchema(z.array(faultSchema)) })
  @Answers(201, faultListSchema, { description: 'The faults that were set', example: faultListExample })
  @AnswersProblem('MALFORMED_JSON', 'VALIDATION_FAILED')
  async set(@Body({ schema: newFaultsSchema }) wish: NewFaults): Promise<FaultList> {
    const set = await this.setFaults.handle(wish);
    if ('unknownOperation' in set) {
      throw new UnprocessableEntityException(`${set.unknownOperation} is no operation of /openapi.json`);
    }
    return { data: set.map(toView), nextCursor: null };
  }

  @Get()
  @RequireScope('operator')
  @ApiOperation({ summary: 'The faults that are set, those that are over too' })
  @Answers(200, faultListSchema, { description: 'A page of faults', example: faultListExample })
  @AnswersProblem('VALIDATION_FAILED')
  list(@Query({ schema: faultQuerySchema }) { cursor, limit }: FaultQuery): FaultList {
    const rest = this.plan.list().filter(({ id }) => id > cursor);
    const page = rest.slice(0, limit);
    return { data: page.map(toView), nextCursor: rest.length > limit ? String(page.at(-1)?.id) : null };
  }

  @Delete()
  @HttpCode(204)
  @RequireScope('operator')
  @RawBodyRoute()
  @ApiOperation({ summary: 'Take every fault back' })
  @ApiResponse({ status: 204, description: 'From now on nothing goes wrong on purpose' })
  async removeAll(): Promise<void> {
    await this.plan.removeAll();
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('operator')
  @RawBodyRoute()
  @ApiOperation({ summary: 'Take one fault back' })
  @ApiResponse({ status: 204, description: 'It strikes no more' })
  @AnswersProblem('NOT_FOUND', 'VALIDATION_FAILED')
  async remove(@Param('id', { schema: faultIdSchema }) id: number): Promise<void> {
    if (!(await this.plan.remove(id))) throw new NotFoundException();
  }
}

function toView(fault: Fault): FaultView {
  const { id: faultId, definition, strikes } = fault;
  return { faultId, definition, strikes, isOver: !isLive(fault) };
}
