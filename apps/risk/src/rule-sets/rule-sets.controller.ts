import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query, Res } from '@nestjs/common';
import {
  type DifferencesAnswer,
  differencesAnswer,
  differencesExample,
  type DifferencesQuery,
  differencesQuery,
  type Principal,
  type RuleSetAnswer,
  ruleSetAnswer,
  ruleSetAuditExample,
  type RuleSetAuditAnswer,
  ruleSetAuditListAnswer,
  type RuleSetAuditQuery,
  ruleSetAuditQuery,
  type RuleSetDetailAnswer,
  ruleSetDetailAnswer,
  ruleSetDetailExample,
  ruleSetExample,
  type RuleSetHitsAnswer,
  ruleSetHitsAnswer,
  ruleSetHitsExample,
  type RuleSetHitsQuery,
  ruleSetHitsQuery,
  type RuleSetInput,
  ruleSetInput,
  ruleSetListAnswer,
  ruleSetListExample,
  type RuleSetQuery,
  ruleSetQuery,
  type RuleSetStepInput,
  ruleSetRollbackInput,
  type RuleSetRollbackInput,
  ruleSetStepInput,
  ruleSetVersion,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, CurrentPrincipal, RequireScope } from '@tollgate/platform';
import { DraftRuleSetHandler } from './draft-rule-set.handler.ts';
import { FindDifferencesHandler } from './find-differences.handler.ts';
import { FindHitsHandler } from './find-hits.handler.ts';
import { FindRuleSetsHandler } from './find-rule-sets.handler.ts';
import { MoveRuleSetHandler } from './move-rule-set.handler.ts';

/** What Fastify's reply offers to set a status. */
interface StatusReply {
  status(code: number): unknown;
}

/** Rule sets and their life, for operators: shoppers and shops learn no rule. */
@Controller('v1/rulesets')
export class RuleSetsController {
  readonly #find: FindRuleSetsHandler;
  readonly #draft: DraftRuleSetHandler;
  readonly #move: MoveRuleSetHandler;
  readonly #differences: FindDifferencesHandler;
  readonly #hits: FindHitsHandler;

  constructor(
    find: FindRuleSetsHandler,
    draft: DraftRuleSetHandler,
    move: MoveRuleSetHandler,
    differences: FindDifferencesHandler,
    hits: FindHitsHandler,
  ) {
    this.#find = find;
    this.#draft = draft;
    this.#move = move;
    this.#differences = differences;
    this.#hits = hits;
  }

  @Get()
  @RequireScope('risk:read')
  @Answers(200, ruleSetListAnswer, { description: 'Rule sets, newest first', example: ruleSetListExample })
  @AnswersProblem('VALIDATION_FAILED')
  list(
    @Query({ schema: ruleSetQuery }) query: RuleSetQuery,
  ): Promise<{ data: RuleSetAnswer[]; nextCursor: string | null }> {
    return this.#find.list(query);
  }

  @Get('audit')
  @RequireScope('risk:read')
  @Answers(200, ruleSetAuditListAnswer, { description: 'Who did what, newest first', example: ruleSetAuditExample })
  @AnswersProblem('VALIDATION_FAILED')
  listAudit(
    @Query({ schema: ruleSetAuditQuery }) query: RuleSetAuditQuery,
  ): Promise<{ data: RuleSetAuditAnswer[]; nextCursor: string | null }> {
    return this.#find.listAudit(query);
  }

  @Get(':version')
  @RequireScope('risk:read')
  @Answers(200, ruleSetDetailAnswer, { description: 'A rule set, with its document', example: ruleSetDetailExample })
  @AnswersProblem('RULESET_NOT_FOUND', 'VALIDATION_FAILED')
  get(@Param('version', { schema: ruleSetVersion }) version: string): Promise<RuleSetDetailAnswer> {
    return this.#find.get(version);
  }

  @Get(':version/differences')
  @RequireScope('risk:read')
  @Answers(200, differencesAnswer, {
    description: 'Where it differs from what was decided',
    example: differencesExample,
  })
  @AnswersProblem('RULESET_NOT_FOUND', 'VALIDATION_FAILED')
  findDifferences(
    @Param('version', { schema: ruleSetVersion }) version: string,
    @Query({ schema: differencesQuery }) query: DifferencesQuery,
  ): Promise<DifferencesAnswer> {
    return this.#differences.find(version, query);
  }

  @Get(':version/hits')
  @RequireScope('risk:read')
  @Answers(200, ruleSetHitsAnswer, {
    description: 'How often each rule hit, live or in the shadow',
    example: ruleSetHitsExample,
  })
  @AnswersProblem('RULESET_NOT_FOUND', 'VALIDATION_FAILED')
  findHits(
    @Param('version', { schema: ruleSetVersion }) version: string,
    @Query({ schema: ruleSetHitsQuery }) query: RuleSetHitsQuery,
  ): Promise<RuleSetHitsAnswer> {
    return this.#hits.find(version, query);
  }

  /** By people alone, as are all steps that make somebody responsible for what a rule does. */
  @Post()
  @RequireScope('risk:write')
  @Answers(201, ruleSetAnswer, { description: 'A new draft', example: ruleSetExample })
  @Answers(200, ruleSetAnswer, { description: 'The same content was there already', example: ruleSetExample })
  @AnswersProblem('MALFORMED_JSON', 'VALIDATION_FAILED', 'UNSUPPORTED_MEDIA_TYPE', 'RULESET_INVALID')
  @AnswersProblem('SECOND_PERSON_NEEDED')
  async draft(
    @Body({ schema: ruleSetInput }) body: RuleSetInput,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: StatusReply,
  ): Promise<RuleSetAnswer> {
    const { ruleSet, isNew } = await this.#draft.draft(body, principal);
    reply.status(isNew ? HttpStatus.CREATED : HttpStatus.OK);
    return ruleSet;
  }

  /** Before `:version/…`, as it is the more special one. */
  @Post('rollback')
  @HttpCode(200)
  @RequireScope('risk:promote')
  @Answers(200, ruleSetAnswer, { description: 'The set that is live again', example: ruleSetExample })
  @AnswersProblem('MALFORMED_JSON', 'VALIDATION_FAILED', 'UNSUPPORTED_MEDIA_TYPE')
  @AnswersProblem('RULESET_NOT_FOUND', 'RULESET_STATUS_CONFLICT', 'SECOND_PERSON_NEEDED')
  rollBack(
    @Body({ schema: ruleSetRollbackInput }) { from, note }: RuleSetRollbackInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleSetAnswer> {
    return this.#move.rollBack(from, { principal, note: note ?? null });
  }

  @Post(':version/shadow')
  @HttpCode(200)
  @RequireScope('risk:write', 'operator')
  @Answers(200, ruleSetAnswer, { description: 'It sees every attempt and decides none', example: ruleSetExample })
  @AnswersProblem('MALFORMED_JSON', 'VALIDATION_FAILED', 'UNSUPPORTED_MEDIA_TYPE')
  @AnswersProblem('RULESET_NOT_FOUND', 'RULESET_STATUS_CONFLICT', 'RULESET_INVALID')
  shadow(
    @Param('version', { schema: ruleSetVersion }) version: string,
    @Body({ schema: ruleSetStepInput }) { note }: RuleSetStepInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleSetAnswer> {
    return this.#move.move(version, 'shadow', { principal, note: note ?? null });
  }

  @Post(':version/propose')
  @HttpCode(200)
  @RequireScope('risk:write')
  @Answers(200, ruleSetAnswer, { description: 'It waits for a second person', example: ruleSetExample })
  @AnswersProblem('MALFORMED_JSON', 'VALIDATION_FAILED', 'UNSUPPORTED_MEDIA_TYPE')
  @AnswersProblem('RULESET_NOT_FOUND', 'RULESET_STATUS_CONFLICT', 'SECOND_PERSON_NEEDED')
  propose(
    @Param('version', { schema: ruleSetVersion }) version: string,
    @Body({ schema: ruleSetStepInput }) { note }: RuleSetStepInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleSetAnswer> {
    return this.#move.move(version, 'propose', { principal, note: note ?? null });
  }

  @Post(':version/promote')
  @HttpCode(200)
  @RequireScope('risk:promote')
  @Answers(200, ruleSetAnswer, { description: 'It decides from the next batch on', example: ruleSetExample })
  @AnswersProblem('MALFORMED_JSON', 'VALIDATION_FAILED', 'UNSUPPORTED_MEDIA_TYPE')
  @AnswersProblem('RULESET_NOT_FOUND', 'RULESET_STATUS_CONFLICT', 'SECOND_PERSON_NEEDED', 'RULESET_INVALID')
  promote(
    @Param('version', { schema: ruleSetVersion }) version: string,
    @Body({ schema: ruleSetStepInput }) { note }: RuleSetStepInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleSetAnswer> {
    return this.#move.move(version, 'promote', { principal, note: note ?? null });
  }

  @Post(':version/retire')
  @HttpCode(200)
  @RequireScope('risk:write', 'operator')
  @Answers(200, ruleSetAnswer, { description: 'It is out of use', example: ruleSetExample })
  @AnswersProblem('MALFORMED_JSON', 'VALIDATION_FAILED', 'UNSUPPORTED_MEDIA_TYPE')
  @AnswersProblem('RULESET_NOT_FOUND', 'RULESET_STATUS_CONFLICT')
  retire(
    @Param('version', { schema: ruleSetVersion }) version: string,
    @Body({ schema: ruleSetStepInput }) { note }: RuleSetStepInput,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RuleSetAnswer> {
    return this.#move.move(version, 'retire', { principal, note: note ?? null });
  }
}
