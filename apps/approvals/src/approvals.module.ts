import { type DynamicModule, Module } from '@nestjs/common';
import { toClockSettings } from '@tollgate/contracts';
import { IdentityModule } from '@tollgate/identity/lookup';
import { MessagingModule, messagingMigrations, toMessagingSettings } from '@tollgate/messaging';
import { MerchantsModule, PersistenceModule, PersonalValues } from '@tollgate/persistence';
import { PlatformModule } from '@tollgate/platform';
import { ApprovalRepository } from './approvals/approval.repository.ts';
import { ApprovalsController } from './approvals/approvals.controller.ts';
import { Callers } from './approvals/callers.service.ts';
import { CreateApprovalHandler } from './approvals/create-approval.handler.ts';
import { ReadApprovalsHandler } from './approvals/read-approvals.handler.ts';
import { UpdateApprovalHandler } from './approvals/update-approval.handler.ts';
import { ApprovalOptions, type ApprovalsSettings } from './approvals.config.ts';
import { ExpireApprovalsHandler } from './expiry/expire-approvals.handler.ts';
import { ExpireApprovalsJob } from './expiry/expire-approvals.job.ts';
import { CreateApproval1764100000000 } from './migrations/create-approval.migration.ts';
import { People } from './people/people.service.ts';
import { FateRepository } from './reviews/fate.repository.ts';
import { FollowCommandsConsumer } from './reviews/follow-commands.consumer.ts';
import { FollowCommandsHandler } from './reviews/follow-commands.handler.ts';
import { FollowDecisionsConsumer } from './reviews/follow-decisions.consumer.ts';
import { FollowDecisionsHandler, ReviewSettings } from './reviews/follow-decisions.handler.ts';
import { FollowOutcomesConsumer } from './reviews/follow-outcomes.consumer.ts';
import { FollowOutcomesHandler } from './reviews/follow-outcomes.handler.ts';
import { ApprovalStreams } from './stream/approval-streams.service.ts';
import { HearApprovalsConsumer } from './stream/hear-approvals.consumer.ts';
import { StreamApprovalsController } from './stream/stream-approvals.controller.ts';

/** Every table of approvals' schema, in the order in which it came to be. */
const migrations = [...messagingMigrations, CreateApproval1764100000000];

/** Approvals' wiring: reviews in by Kafka, people by HTTP, their Decisions out by the same transaction. */
@Module({})
export class ApprovalsModule {
  /** @throws KnownError VALIDATION_FAILED when the clocks are out of order */
  static forRoot(settings: ApprovalsSettings): DynamicModule {
    const options: ApprovalOptions = { claimMs: settings.APPROVALS_CLAIM_MS };
    const reviewSettings: ReviewSettings = { clocks: toClockSettings(settings) };
    return {
      module: ApprovalsModule,
      imports: [
        PlatformModule.forRoot({ service: 'approvals', settings }),
        PersistenceModule.forRoot({
          service: 'approvals',
          databaseUrl: settings.DATABASE_URL,
          schema: settings.DATABASE_SCHEMA,
          migrations,
        }),
        MerchantsModule.forRoot({ masterKey: settings.TOLLGATE_MASTER_KEY, schema: settings.MERCHANTS_SCHEMA }),
        IdentityModule.forRoot({ schema: settings.IDENTITY_SCHEMA }),
        MessagingModule.forRoot(toMessagingSettings('approvals', settings)),
      ],
      controllers: [
        // Before the one whose path has a parameter in that place.
        StreamApprovalsController,
        ApprovalsController,
        FollowDecisionsConsumer,
        FollowOutcomesConsumer,
        FollowCommandsConsumer,
        HearApprovalsConsumer,
      ],
      providers: [
        { provide: ApprovalOptions, useValue: options },
        { provide: ReviewSettings, useValue: reviewSettings },
        { provide: PersonalValues, useValue: new PersonalValues(settings.TOLLGATE_MASTER_KEY) },
        ApprovalRepository,
        Callers,
        CreateApprovalHandler,
        ReadApprovalsHandler,
        UpdateApprovalHandler,
        ExpireApprovalsHandler,
        ExpireApprovalsJob,
        FateRepository,
        People,
        FollowCommandsHandler,
        FollowDecisionsHandler,
        FollowOutcomesHandler,
        ApprovalStreams,
      ],
    };
  }
}
