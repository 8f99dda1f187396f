import { createSecretKey } from 'node:crypto';
import { type DynamicModule, Module } from '@nestjs/common';
import { toClockSettings } from '@tollgate/contracts';
import { IdentityModule } from '@tollgate/identity/lookup';
import { MessagingModule, messagingMigrations, toMessagingSettings } from '@tollgate/messaging';
import { deriveKey, MerchantsModule, PersistenceModule, PersonalValues } from '@tollgate/persistence';
import { PlatformModule } from '@tollgate/platform';
import { AnswerAttemptHandler } from './answers/answer-attempt.handler.ts';
import { AttemptWatch } from './answers/attempt-watch.service.ts';
import { HearAttemptsConsumer } from './answers/hear-attempts.consumer.ts';
import { ReadTokens } from './answers/read-token.service.ts';
import { StreamAttemptController } from './answers/stream-attempt.controller.ts';
import { StreamAttemptService } from './answers/stream-attempt.service.ts';
import { Waiters } from './answers/waiters.service.ts';
import { AbortAttemptController } from './attempts/abort-attempt.controller.ts';
import { AbortAttemptHandler } from './attempts/abort-attempt.handler.ts';
import { AdoptAttemptsConsumer } from './attempts/adopt-attempts.consumer.ts';
import { AdoptAttemptsHandler } from './attempts/adopt-attempts.handler.ts';
import { AttemptListing } from './attempts/attempt-listing.repository.ts';
import { AttemptMetrics } from './attempts/attempt-metrics.service.ts';
import { AttemptRepository } from './attempts/attempt.repository.ts';
import { FollowAttemptsConsumer } from './attempts/follow-attempts.consumer.ts';
import { OwnDecisions } from './attempts/own-decision.service.ts';
import { ListAttemptsController } from './attempts/list-attempts.controller.ts';
import { ListAttemptsHandler } from './attempts/list-attempts.handler.ts';
import { PostAttemptController } from './attempts/post-attempt.controller.ts';
import { PostAttemptHandler } from './attempts/post-attempt.handler.ts';
import { ReadAttemptController } from './attempts/read-attempt.controller.ts';
import { ReadAttemptHandler } from './attempts/read-attempt.handler.ts';
import { ReceiveAttemptsHandler } from './attempts/receive-attempts.handler.ts';
import { RecordNewsHandler } from './attempts/record-news.handler.ts';
import { FollowUpDecisionsHandler } from './deadlines/follow-up-decisions.handler.ts';
import { KeepDeadlinesHandler } from './deadlines/keep-deadlines.handler.ts';
import { KeepDeadlinesJob } from './deadlines/keep-deadlines.job.ts';
import { IntakeOptions } from './intake-options.types.ts';
import type { IntakeSettings } from './intake.config.ts';
import { CreateAttempts1764000000000 } from './migrations/create-attempts.migration.ts';
import { CreateAttemptListing1764000004000 } from './migrations/create-attempt-listing.migration.ts';
import { FollowUpDecisions1764000001000 } from './migrations/follow-up-decisions.migration.ts';

/** Every table of intake's schema, in the order in which it came to be. */
const migrations = [
  ...messagingMigrations,
  CreateAttempts1764000000000,
  FollowUpDecisions1764000001000,
  CreateAttemptListing1764000004000,
];

/** Intake's wiring: attempts in by HTTP and Kafka, their fate followed by Kafka, answers by HTTP, deadlines by a job. */
@Module({})
export class IntakeModule {
  /** @throws KnownError VALIDATION_FAILED when the clocks are out of order */
  static forRoot(settings: IntakeSettings): DynamicModule {
    const options: IntakeOptions = {
      clocks: toClockSettings(settings),
      tokenHashKey: createSecretKey(deriveKey(settings.TOLLGATE_MASTER_KEY, 'token-hash')),
      personal: new PersonalValues(settings.TOLLGATE_MASTER_KEY),
      readTokenKey: createSecretKey(deriveKey(settings.TOLLGATE_MASTER_KEY, 'attempt-read-token')),
      waitersMax: settings.INTAKE_WAITERS_MAX,
    };
    return {
      module: IntakeModule,
      imports: [
        PlatformModule.forRoot({
          service: 'intake',
          settings,
          requestsInHandMax: settings.INTAKE_REQUESTS_IN_HAND_MAX,
        }),
        PersistenceModule.forRoot({
          service: 'intake',
          databaseUrl: settings.DATABASE_URL,
          schema: settings.DATABASE_SCHEMA,
          migrations,
        }),
        MerchantsModule.forRoot({ masterKey: settings.TOLLGATE_MASTER_KEY, schema: settings.MERCHANTS_SCHEMA }),
        IdentityModule.forRoot({ schema: settings.IDENTITY_SCHEMA }),
        MessagingModule.forRoot(toMessagingSettings('intake', settings)),
      ],
      controllers: [
        PostAttemptController,
        ListAttemptsController,
        ReadAttemptController,
        AbortAttemptController,
        StreamAttemptController,
        AdoptAttemptsConsumer,
        FollowAttemptsConsumer,
        HearAttemptsConsumer,
      ],
      providers: [
        { provide: IntakeOptions, useValue: options },
        AttemptRepository,
        AttemptListing,
        ListAttemptsHandler,
        AttemptMetrics,
        OwnDecisions,
        ReceiveAttemptsHandler,
        PostAttemptHandler,
        AnswerAttemptHandler,
        ReadAttemptHandler,
        AbortAttemptHandler,
        AdoptAttemptsHandler,
        RecordNewsHandler,
        AttemptWatch,
        Waiters,
        ReadTokens,
        StreamAttemptService,
        KeepDeadlinesHandler,
        FollowUpDecisionsHandler,
        KeepDeadlinesJob,
      ],
    };
  }
}
