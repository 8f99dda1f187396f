import { Body, Controller, Delete, Get, HttpStatus, Param, Post, Query, Res } from '@nestjs/common';
import {
  listEntryAnswer,
  type ListEntryAnswer,
  listEntryExample,
  listEntryId,
  listEntryInput,
  type ListEntryInput,
  listEntryListAnswer,
  listEntryListExample,
  listEntryQuery,
  type ListEntryQuery,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, CurrentPrincipal, type Principal, RequireScope } from '@tollgate/platform';
import { AddListEntryHandler } from './add-list-entry.handler.ts';
import { FindListEntriesHandler } from './find-list-entries.handler.ts';
import { RemoveListEntryHandler } from './remove-list-entry.handler.ts';

/** What Fastify's reply offers to set a status. */
interface StatusReply {
  status(code: number): unknown;
}

/** The allow and the block list: for operators. */
@Controller('v1/lists')
export class ListEntriesController {
  readonly #find: FindListEntriesHandler;
  readonly #add: AddListEntryHandler;
  readonly #remove: RemoveListEntryHandler;

  constructor(find: FindListEntriesHandler, add: AddListEntryHandler, remove: RemoveListEntryHandler) {
    this.#find = find;
    this.#add = add;
    this.#remove = remove;
  }

  @Get()
  @RequireScope('risk:read')
  @Answers(200, listEntryListAnswer, { description: 'Entries, newest first', example: listEntryListExample })
  @AnswersProblem('VALIDATION_FAILED')
  list(
    @Query({ schema: listEntryQuery }) query: ListEntryQuery,
  ): Promise<{ data: ListEntryAnswer[]; nextCursor: string | null }> {
    return this.#find.find(query);
  }

  @Post()
  @RequireScope('risk:write', 'operator')
  @Answers(201, listEntryAnswer, { description: 'The new entry', example: listEntryExample })
  @Answers(200, listEntryAnswer, { description: 'The same entry was active already', example: listEntryExample })
  @AnswersProblem('MALFORMED_JSON', 'VALIDATION_FAILED', 'UNSUPPORTED_MEDIA_TYPE')
  async add(
    @Body({ schema: listEntryInput }) body: ListEntryInput,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: StatusReply,
  ): Promise<ListEntryAnswer> {
    const { entry, added } = await this.#add.add(body, principal);
    reply.status(added ? HttpStatus.CREATED : HttpStatus.OK);
    return entry;
  }

  @Delete(':id')
  @RequireScope('risk:write', 'operator')
  @Answers(200, listEntryAnswer, { description: 'The entry, removed', example: listEntryExample })
  @AnswersProblem('NOT_FOUND', 'VALIDATION_FAILED')
  remove(
    @Param('id', { schema: listEntryId }) id: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ListEntryAnswer> {
    return this.#remove.remove(id, principal);
  }
}
