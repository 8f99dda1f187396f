import { type DynamicModule, Module } from '@nestjs/common';
import { toClockSettings } from '@tollgate/contracts';
import { IdentityModule } from '@tollgate/identity/lookup';
import { MessagingModule, messagingMigrations, toMessagingSettings } from '@tollgate/messaging';
import { deriveKey, MerchantsModule, PersistenceModule, PersonalValues } from '@tollgate/persistence';
import { PlatformModule } from '@tollgate/platform';
import { BacktestRepository } from './backtests/backtest.repository.ts';
import { BacktestsController } from './backtests/backtests.controller.ts';
import { FindBacktestsHandler } from './backtests/find-backtests.handler.ts';
import { ReplayAttempts } from './backtests/replay-attempts.service.ts';
import { RunBacktestHandler } from './backtests/run-backtest.handler.ts';
import { DecideAttemptsConsumer } from './decisions/decide-attempts.consumer.ts';
import { DecideAttemptsHandler, DecideSettings } from './decisions/decide-attempts.handler.ts';
import { DecisionRepository } from './decisions/decision.repository.ts';
import { DecisionsController } from './decisions/decisions.controller.ts';
import { GetDecisionHandler } from './decisions/get-decision.handler.ts';
import { CreditPendingJob } from './fates/credit-pending.job.ts';
import { FateRepository } from './fates/fate.repository.ts';
import { RecordFatesHandler } from './fates/record-fates.handler.ts';
import { RecordOutcomesConsumer } from './fates/record-outcomes.consumer.ts';
import { RecordPaymentsConsumer } from './fates/record-payments.consumer.ts';
import { AttemptIdentifier, FingerprintKey } from './features/attempt-identifier.service.ts';
import { TakeSnapshots } from './features/take-snapshots.service.ts';
import { AddListEntryHandler } from './lists/add-list-entry.handler.ts';
import { FindListEntriesHandler } from './lists/find-list-entries.handler.ts';
import { ListEntriesController } from './lists/list-entries.controller.ts';
import { ListEntryRepository } from './lists/list-entry.repository.ts';
import { RemoveListEntryHandler } from './lists/remove-list-entry.handler.ts';
import { CreateBacktests1764000000030 } from './migrations/create-backtests.migration.ts';
import { CreateDecisions1764000000000 } from './migrations/create-decisions.migration.ts';
import { CreateFates1764000000022 } from './migrations/create-fates.migration.ts';
import { CreateListEntries1764000000002 } from './migrations/create-list-entries.migration.ts';
import { CreateRuleSets1764000000020 } from './migrations/create-rule-sets.migration.ts';
import { CreateShadowDecisions1764000000021 } from './migrations/create-shadow-decisions.migration.ts';
import { CreateVelocity1764000000001 } from './migrations/create-velocity.migration.ts';
import { ExtendListEntries1764000000011 } from './migrations/extend-list-entries.migration.ts';
import { RenewBacktests1764000000031 } from './migrations/renew-backtests.migration.ts';
import { ReplaceVelocity1764000000010 } from './migrations/replace-velocity.migration.ts';
import type { RiskSettings } from './risk.config.ts';
import { RecomputeDecisionsHandler } from './recorded/recompute-decisions.handler.ts';
import { RecordedDecisionRepository } from './recorded/recorded-decision.repository.ts';
import { RuleSetLibrary } from './recorded/rule-set-library.service.ts';
import { DraftRuleSetHandler } from './rule-sets/draft-rule-set.handler.ts';
import { FindDifferencesHandler } from './rule-sets/find-differences.handler.ts';
import { FindHitsHandler } from './rule-sets/find-hits.handler.ts';
import { FindRuleSetsHandler } from './rule-sets/find-rule-sets.handler.ts';
import { MoveRuleSetHandler } from './rule-sets/move-rule-set.handler.ts';
import { RuleSetRepository } from './rule-sets/rule-set.repository.ts';
import { loadRuleSet } from './rule-sets/rule-set.store.ts';
import { RuleSetsController } from './rule-sets/rule-sets.controller.ts';
import { FirstRuleSet, StandingRuleSets } from './rule-sets/standing-rule-sets.service.ts';
import { CleanVelocityJob } from './velocity/clean-velocity.job.ts';
import { VelocityRepository } from './velocity/velocity.repository.ts';

/** Every table of risk's schema, in the order in which it came to be. */
const migrations = [
  ...messagingMigrations,
  CreateDecisions1764000000000,
  CreateVelocity1764000000001,
  CreateListEntries1764000000002,
  ReplaceVelocity1764000000010,
  ExtendListEntries1764000000011,
  CreateRuleSets1764000000020,
  CreateShadowDecisions1764000000021,
  CreateFates1764000000022,
  CreateBacktests1764000000030,
  RenewBacktests1764000000031,
];

/** Risk's wiring: attempts in by Kafka, decisions out by the same transaction, a few reads for operators. */
@Module({})
export class RiskModule {
  /** @throws KnownError RULESET_INVALID, so that a bad rule set ends the start and nothing is ever decided by it */
  static forRoot(settings: RiskSettings): DynamicModule {
    const ruleSet = loadRuleSet(settings.RULESET_FILE);
    const decideSettings: DecideSettings = { clocks: toClockSettings(settings) };
    const fingerprintKey: FingerprintKey = { key: deriveKey(settings.TOLLGATE_MASTER_KEY, 'card-fingerprint') };
    return {
      module: RiskModule,
      imports: [
        PlatformModule.forRoot({ service: 'risk', settings }),
        PersistenceModule.forRoot({
          service: 'risk',
          databaseUrl: settings.DATABASE_URL,
          schema: settings.DATABASE_SCHEMA,
          migrations,
        }),
        MerchantsModule.forRoot({ masterKey: settings.TOLLGATE_MASTER_KEY, schema: settings.MERCHANTS_SCHEMA }),
        IdentityModule.forRoot({ schema: settings.IDENTITY_SCHEMA }),
        MessagingModule.forRoot(toMessagingSettings('risk', settings)),
      ],
      controllers: [
        DecideAttemptsConsumer,
        RecordOutcomesConsumer,
        RecordPaymentsConsumer,
        DecisionsController,
        RuleSetsController,
        BacktestsController,
        ListEntriesController,
      ],
      providers: [
        { provide: FirstRuleSet, useValue: { ruleSet } satisfies FirstRuleSet },
        RuleSetRepository,
        StandingRuleSets,
        FindRuleSetsHandler,
        DraftRuleSetHandler,
        MoveRuleSetHandler,
        FindDifferencesHandler,
        FindHitsHandler,
        RuleSetLibrary,
        RecordedDecisionRepository,
        RecomputeDecisionsHandler,
        BacktestRepository,
        FindBacktestsHandler,
        ReplayAttempts,
        RunBacktestHandler,
        { provide: DecideSettings, useValue: decideSettings },
        { provide: FingerprintKey, useValue: fingerprintKey },
        { provide: PersonalValues, useValue: new PersonalValues(settings.TOLLGATE_MASTER_KEY) },
        AttemptIdentifier,
        TakeSnapshots,
        DecideAttemptsHandler,
        DecisionRepository,
        GetDecisionHandler,
        ListEntryRepository,
        FindListEntriesHandler,
        AddListEntryHandler,
        RemoveListEntryHandler,
        FateRepository,
        RecordFatesHandler,
        CreditPendingJob,
        VelocityRepository,
        CleanVelocityJob,
      ],
    };
  }
}
