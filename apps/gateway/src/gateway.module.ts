import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { IdentityModule } from '@tollgate/identity/lookup';
import { MessagingModule, messagingMigrations, toMessagingSettings } from '@tollgate/messaging';
import { MerchantsModule, PersistenceModule } from '@tollgate/persistence';
import { PlatformModule } from '@tollgate/platform';
import { ActionRepository } from './actions/action.repository.ts';
import { RecordResultHandler } from './actions/record-result.handler.ts';
import { SettleAttemptConsumer } from './actions/settle-attempt.consumer.ts';
import { SettleAttemptHandler } from './actions/settle-attempt.handler.ts';
import { AnswerAlarms } from './calls/answer-alarms.service.ts';
import { CarryOutStepHandler } from './calls/carry-out-step.handler.ts';
import { DueBell } from './calls/due-bell.service.ts';
import { LeaseDueActionsHandler } from './calls/lease-due-actions.handler.ts';
import { LeaseDueActionsJob } from './calls/lease-due-actions.job.ts';
import { Leases } from './calls/leases.service.ts';
import { MerchantLanes } from './calls/merchant-lanes.service.ts';
import { PaymentFinder } from './calls/payment-finder.service.ts';
import { PrimerConnection } from './calls/primer-connection.service.ts';
import { RenewLeasesJob } from './calls/renew-leases.job.ts';
import { StepDispatcher } from './calls/step-dispatcher.service.ts';
import { COMMAND_CONTROLLERS, toCommandProviders } from './commands/commands.module.ts';
import { DatabaseClock } from './clock/database-clock.service.ts';
import { CallSettings, type GatewayEnvironment, toCallSettings, toMerchantCallsMax } from './gateway.config.ts';
import { CancelPaidAgainstAbort } from './incidents/cancel-paid-against-abort.service.ts';
import { CloseKeyIncidentsHandler } from './incidents/close-key-incidents.handler.ts';
import { CloseKeyIncidentsJob } from './incidents/close-key-incidents.job.ts';
import { IncidentRepository } from './incidents/incident.repository.ts';
import { OpenIncidentsMetrics } from './incidents/open-incidents.metrics.ts';
import { WorkingKeys } from './incidents/working-keys.service.ts';
import { KillSwitchController } from './kill-switch/kill-switch.controller.ts';
import { KillSwitchRepository } from './kill-switch/kill-switch.repository.ts';
import { KillSwitch } from './kill-switch/kill-switch.service.ts';
import { RefreshKillSwitchJob } from './kill-switch/refresh-kill-switch.job.ts';
import { TurnKillSwitchHandler } from './kill-switch/turn-kill-switch.handler.ts';
import { ClaimOrdersForCreates1765000000021 } from './migrations/claim-orders-for-creates.migration.ts';
import { CreateAttemptAction1765000000000 } from './migrations/create-attempt-action.migration.ts';
import { CreateClientSession1765000000005 } from './migrations/create-client-session.migration.ts';
import { CreateIncident1765000000001 } from './migrations/create-incident.migration.ts';
import { CreateKillSwitch1765000000004 } from './migrations/create-kill-switch.migration.ts';
import { CreateOperatorAction1765000000003 } from './migrations/create-operator-action.migration.ts';
import { CreateOrderClaim1765000000002 } from './migrations/create-order-claim.migration.ts';
import { CreatePaymentCommand1765000000010 } from './migrations/create-payment-command.migration.ts';
import { IndexCreatedPayments1765000000020 } from './migrations/index-created-payments.migration.ts';
import { NoteNewestReport1765000000022 } from './migrations/note-newest-report.migration.ts';
import { HoldPaymentCommand1765000000030 } from './migrations/hold-payment-command.migration.ts';
import { HeldBack } from './operations/held-back.service.ts';
import { GetActionHandler } from './operations/get-action.handler.ts';
import { ListActionsHandler } from './operations/list-actions.handler.ts';
import { ListIncidentsHandler } from './operations/list-incidents.handler.ts';
import { OperationsController } from './operations/operations.controller.ts';
import { OperationsRepository } from './operations/operations.repository.ts';
import { OrderClaimRepository } from './orders/order-claim.repository.ts';
import { ApproveAdmission } from './orders/approve-admission.service.ts';
import { ComparePaymentsHandler } from './payments/compare-payments.handler.ts';
import { ComparePaymentsJob } from './payments/compare-payments.job.ts';
import { PaymentOwnerRepository } from './payments/payment-owner.repository.ts';
import { PaymentSightingRepository } from './payments/payment-sighting.repository.ts';
import { SightPaymentConsumer } from './payments/sight-payment.consumer.ts';
import { SightPaymentHandler } from './payments/sight-payment.handler.ts';
import { ClientSessionRepository } from './sessions/client-session.repository.ts';
import { ClientSessionsController } from './sessions/client-sessions.controller.ts';
import { CreateClientSessionHandler } from './sessions/create-client-session.handler.ts';
import { CancelUnwantedPaymentHandler } from './steering/cancel-unwanted-payment.handler.ts';
import { CloseIncidentHandler } from './steering/close-incident.handler.ts';
import { CommandActionsController } from './steering/command-actions.controller.ts';
import { ConcludeActionHandler } from './steering/conclude-action.handler.ts';
import { ConcludeCommandHandler } from './steering/conclude-command.handler.ts';
import { ListOperatorActionsHandler } from './steering/list-operator-actions.handler.ts';
import { LookAgainAtCommandHandler } from './steering/look-again-at-command.handler.ts';
import { LookAgainHandler } from './steering/look-again.handler.ts';
import { OperatorActionRepository } from './steering/operator-action.repository.ts';
import { OperatorActionsController } from './steering/operator-actions.controller.ts';
import { SteerActionRepository } from './steering/steer-action.repository.ts';

/** Every table of the gateway's schema, in the order in which it came to be. */
export const gatewayMigrations = [
  ...messagingMigrations,
  CreateAttemptAction1765000000000,
  CreateIncident1765000000001,
  CreateOrderClaim1765000000002,
  CreateOperatorAction1765000000003,
  CreateKillSwitch1765000000004,
  CreateClientSession1765000000005,
  CreatePaymentCommand1765000000010,
  IndexCreatedPayments1765000000020,
  ClaimOrdersForCreates1765000000021,
  NoteNewestReport1765000000022,
  HoldPaymentCommand1765000000030,
];

/** The ways in. */
const controllers = [
  SettleAttemptConsumer,
  SightPaymentConsumer,
  OperationsController,
  OperatorActionsController,
  CommandActionsController,
  KillSwitchController,
  ClientSessionsController,
  ...COMMAND_CONTROLLERS,
];

/** What operators and shops read and do, beside the attempts themselves. */
const operations: Provider[] = [
  OperationsRepository,
  GetActionHandler,
  ListActionsHandler,
  ListIncidentsHandler,
  OpenIncidentsMetrics,
  WorkingKeys,
  CloseKeyIncidentsHandler,
  CloseKeyIncidentsJob,
  CancelPaidAgainstAbort,
  OperatorActionRepository,
  SteerActionRepository,
  CloseIncidentHandler,
  CancelUnwantedPaymentHandler,
  LookAgainHandler,
  ConcludeActionHandler,
  LookAgainAtCommandHandler,
  ConcludeCommandHandler,
  ListOperatorActionsHandler,
  HeldBack,
  ClientSessionRepository,
  CreateClientSessionHandler,
  KillSwitchRepository,
  KillSwitch,
  RefreshKillSwitchJob,
  TurnKillSwitchHandler,
];

/** Longest that an open circuit lets nothing through before one call may try. */
const CIRCUIT_OPEN_MS_MAX = 2_000;

/** The gateway's wiring: decisions in by Kafka, one action each, calls to Primer, outcomes out. */
@Module({})
export class GatewayModule {
  /** @throws KnownError VALIDATION_FAILED when settings contradict each other */
  static forRoot(settings: GatewayEnvironment): DynamicModule {
    return {
      module: GatewayModule,
      imports: [
        PlatformModule.forRoot({ service: 'gateway', settings }),
        PersistenceModule.forRoot({
          service: 'gateway',
          databaseUrl: settings.DATABASE_URL,
          schema: settings.DATABASE_SCHEMA,
          migrations: gatewayMigrations,
        }),
        MerchantsModule.forRoot({
          masterKey: settings.TOLLGATE_MASTER_KEY,
          schema: settings.MERCHANTS_SCHEMA,
          secrets: ['primerApiKey'],
        }),
        IdentityModule.forRoot({ schema: settings.IDENTITY_SCHEMA }),
        MessagingModule.forRoot(toMessagingSettings('gateway', settings)),
      ],
      controllers,
      providers: [
        { provide: CallSettings, useValue: toCallSettings(settings) },
        {
          provide: PrimerConnection,
          useFactory: () =>
            new PrimerConnection({
              baseUrl: settings.PRIMER_API_URL,
              connectionsMax: settings.GATEWAY_CONNECTIONS_MAX,
              // The lanes hold calls back while they can still be stored as not begun; the client's own limits are the net.
              // A circuit that opens again soon lets nobody's approveBy pass while Primer is back.
              circuit: { callsMax: toMerchantCallsMax(settings), openMsMax: CIRCUIT_OPEN_MS_MAX },
              // Everything is tried again durably, by its row.
              readRetriesMax: 0,
            }),
        },
        DatabaseClock,
        ActionRepository,
        IncidentRepository,
        PaymentSightingRepository,
        PaymentOwnerRepository,
        OrderClaimRepository,
        ApproveAdmission,
        Leases,
        DueBell,
        MerchantLanes,
        AnswerAlarms,
        PaymentFinder,
        RecordResultHandler,
        CarryOutStepHandler,
        StepDispatcher,
        SettleAttemptHandler,
        SightPaymentHandler,
        LeaseDueActionsHandler,
        LeaseDueActionsJob,
        RenewLeasesJob,
        ComparePaymentsHandler,
        ComparePaymentsJob,
        ...operations,
        ...toCommandProviders(settings.TOLLGATE_MASTER_KEY),
      ],
    };
  }
}
