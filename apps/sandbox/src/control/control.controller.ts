import {
  Body,
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Query,
  UnprocessableEntityException,
} from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answers, AnswersProblem, RawBodyRoute, RequireScope } from '@tollgate/platform';
import { attemptIdSchema } from '../attempts/attempt.schema.ts';
import {
  approvalRequiredExample,
  attemptExample,
  journalExample,
  statsExample,
  webhookExample,
} from './control-examples.schema.ts';
import {
  type ApprovalRequired,
  approvalRequiredSchema,
  type AttemptView,
  attemptViewSchema,
  type JournalPage,
  journalPageSchema,
  type PageQuery,
  pageQuerySchema,
  type StartAttempt,
  startAttemptSchema,
  type Stats,
  statsSchema,
  webhookIdSchema,
  type WebhookPage,
  webhookPageSchema,
  type WebhookView,
  webhookViewSchema,
} from './control.schema.ts';
import { FindAttemptHandler } from './find-attempt.handler.ts';
import { GetStatsHandler } from './get-stats.handler.ts';
import { ListJournalHandler } from './list-journal.handler.ts';
import { ListWebhooksHandler } from './list-webhooks.handler.ts';
import { RedeliverWebhookHandler } from './redeliver-webhook.handler.ts';
import { RotateSecretHandler } from './rotate-secret.handler.ts';
import { StartAttemptHandler } from './start-attempt.handler.ts';
import {
  type RotateSecret,
  rotateSecretSchema,
  type SecretRotation,
  secretRotationSchema,
} from './webhook-secret.schema.ts';

/** What Primer does not have: making things happen, and seeing what really did. Operators only. */
@ApiTags('Sandbox control')
@Controller('_sandbox')
export class ControlController {
  constructor(
    private readonly startAttempt: StartAttemptHandler,
    private readonly findAttempt: FindAttemptHandler,
    private readonly listJournal: ListJournalHandler,
    private readonly getStats: GetStatsHandler,
    private readonly listWebhooks: ListWebhooksHandler,
    private readonly redeliverWebhook: RedeliverWebhookHandler,
    private readonly rotateSecret: RotateSecretHandler,
  ) {}

  @Post('attempts')
  @RequireScope('operator')
  @ApiOperation({ summary: "Play the shopper's browser: open a session, tokenise a card, start an attempt" })
  @Answers(201, approvalRequiredSchema, {
    description: 'The detail of the event primer:payment-approval-required',
    example: approvalRequiredExample,
  })
  @AnswersProblem('MALFORMED_JSON', 'NOT_FOUND', 'VALIDATION_FAILED')
  async start(@Body({ schema: startAttemptSchema }) wish: StartAttempt): Promise<ApprovalRequired> {
    const started = await this.startAttempt.handle(wish);
    if (started === 'SESSION_NOT_FOUND') throw new NotFoundException();
    if (started === 'SESSION_INCOMPLETE') throw new UnprocessableEntityException();
    return started;
  }

  @Get('attempts/:id')
  @RequireScope('operator')
  @ApiOperation({ summary: 'What became of an attempt' })
  @Answers(200, attemptViewSchema, { description: 'The attempt', example: attemptExample })
  @AnswersProblem('NOT_FOUND', 'VALIDATION_FAILED')
  find(@Param('id', { schema: attemptIdSchema }) id: string): AttemptView {
    return found(this.findAttempt.handle(id));
  }

  @Get('journal')
  @RequireScope('operator')
  @ApiOperation({ summary: 'Every request, effect and webhook delivery, in order' })
  @Answers(200, journalPageSchema, { description: 'A page of the journal', example: journalExample })
  @AnswersProblem('VALIDATION_FAILED')
  journal(@Query({ schema: pageQuerySchema }) query: PageQuery): JournalPage {
    return this.listJournal.handle(query);
  }

  @Get('stats')
  @RequireScope('operator')
  @ApiOperation({ summary: 'Counts of attempts, calls, payments and webhooks' })
  @Answers(200, statsSchema, { description: 'The counts', example: statsExample })
  stats(): Stats {
    return this.getStats.handle();
  }

  @Get('webhooks')
  @RequireScope('operator')
  @ApiOperation({ summary: 'Webhooks with their deliveries' })
  @Answers(200, webhookPageSchema, {
    description: 'A page of webhooks',
    example: { data: [webhookExample], nextCursor: null },
  })
  @AnswersProblem('VALIDATION_FAILED')
  webhooks(@Query({ schema: pageQuerySchema }) query: PageQuery): WebhookPage {
    return this.listWebhooks.handle(query);
  }

  @Post('webhooks/rotate-secret')
  @HttpCode(200)
  @RequireScope('operator')
  @ApiOperation({ summary: 'Sign webhooks with a new secret, and for 24 hours with the last one too' })
  @Answers(200, secretRotationSchema, {
    description: 'From now on the new secret signs',
    example: { secondaryUntil: '2026-11-22T08:00:00.000117' },
  })
  @AnswersProblem('MALFORMED_JSON', 'NOT_FOUND', 'VALIDATION_FAILED')
  async rotate(@Body({ schema: rotateSecretSchema }) wish: RotateSecret): Promise<SecretRotation> {
    return found(await this.rotateSecret.handle(wish));
  }

  @Post('webhooks/:id/redeliver')
  @HttpCode(202)
  @RequireScope('operator')
  @RawBodyRoute()
  @ApiOperation({ summary: 'Send a webhook once more' })
  @Answers(202, webhookViewSchema, { description: 'The copy that is sent', example: webhookExample })
  @AnswersProblem('NOT_FOUND', 'VALIDATION_FAILED')
  async redeliver(@Param('id', { schema: webhookIdSchema }) id: number): Promise<WebhookView> {
    return found(await this.redeliverWebhook.handle(id));
  }
}

function found<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new NotFoundException();
  return thing;
}
