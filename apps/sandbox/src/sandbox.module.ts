import { randomUUID } from 'node:crypto';
import { type DynamicModule, Module } from '@nestjs/common';
import { Metrics, PlatformModule, Readiness } from '@tollgate/platform';
import { PrimerCalls } from './api/primer-calls.service.ts';
import { SpoiltAnswerWriter } from './api/spoilt-answer-writer.service.ts';
import { AbortAttemptHandler } from './attempts/abort-attempt.handler.ts';
import { ApproveAttemptHandler } from './attempts/approve-attempt.handler.ts';
import { AttemptRepository } from './attempts/attempt.repository.ts';
import { PaymentAttemptsController } from './attempts/payment-attempts.controller.ts';
import { TokeniseMethodHandler } from './cards/tokenise-method.handler.ts';
import { Clock } from './clock/clock.service.ts';
import { DueWorkRegistry } from './clock/due-work.service.ts';
import { SystemClock } from './clock/system-clock.service.ts';
import { VirtualClock } from './clock/virtual-clock.service.ts';
import { AdvanceClockHandler } from './control/advance-clock.handler.ts';
import { ClockController } from './control/clock.controller.ts';
import { ControlController } from './control/control.controller.ts';
import { FaultsController } from './control/faults.controller.ts';
import { FindAttemptHandler } from './control/find-attempt.handler.ts';
import { GetStatsHandler } from './control/get-stats.handler.ts';
import { ListJournalHandler } from './control/list-journal.handler.ts';
import { ListWebhooksHandler } from './control/list-webhooks.handler.ts';
import { RedeliverWebhookHandler } from './control/redeliver-webhook.handler.ts';
import { ResetHandler } from './control/reset.handler.ts';
import { RotateSecretHandler } from './control/rotate-secret.handler.ts';
import { SetFaultsHandler } from './control/set-faults.handler.ts';
import { StartAttemptHandler } from './control/start-attempt.handler.ts';
import { DisputeRepository } from './disputes/dispute.repository.ts';
import { DisputesController } from './disputes/disputes.controller.ts';
import { ExpireDisputesJob } from './disputes/expire-disputes.job.ts';
import { LeadDisputeHandler } from './disputes/lead-dispute.handler.ts';
import { DisputeTeller } from './disputes/tell-dispute.service.ts';
import { FaultPlan } from './faults/fault-plan.service.ts';
import { FaultRepository } from './faults/fault.repository.ts';
import { CallStriker } from './faults/strike-call.service.ts';
import { JournalRepository } from './journal/journal.repository.ts';
import { PAYMENT_CONTROLLERS, PAYMENT_PROVIDERS } from './payments/payments.module.ts';
import type { SandboxSettings } from './sandbox.config.ts';
import { ClientSessionController } from './sessions/client-session.controller.ts';
import { ClientSessionRepository } from './sessions/client-session.repository.ts';
import { CreateClientSessionHandler } from './sessions/create-client-session.handler.ts';
import { GetClientSessionHandler } from './sessions/get-client-session.handler.ts';
import { UpdateClientSessionHandler } from './sessions/update-client-session.handler.ts';
import { SHOP_CONTROLLERS, shopProviders } from './shop/shop.module.ts';
import { SandboxStore } from './store/sandbox.store.ts';
import { DEFAULT_TENANT_ID } from './tenants/default-tenant.policy.ts';
import { type Tenant, TenantDirectory } from './tenants/tenant.service.ts';
import { DeliverWebhooksJob } from './webhooks/deliver-webhooks.job.ts';
import { SigningSecretKeeper } from './webhooks/signing-secrets.service.ts';
import { WebhookMannerRepository } from './webhooks/webhook-manner.repository.ts';
import { WebhookQueue } from './webhooks/webhook-queue.service.ts';
import { WebhookClient } from './webhooks/webhook.client.ts';
import { WebhookRepository } from './webhooks/webhook.repository.ts';
import { LetterWriter } from './webhooks/write-letter.service.ts';

/** What the control API calls. */
const CONTROL_PROVIDERS = [
  StartAttemptHandler,
  FindAttemptHandler,
  AdvanceClockHandler,
  ResetHandler,
  ListJournalHandler,
  GetStatsHandler,
  ListWebhooksHandler,
  RedeliverWebhookHandler,
  RotateSecretHandler,
  SetFaultsHandler,
];

/** What goes wrong on purpose. */
const FAULT_PROVIDERS = [FaultPlan, FaultRepository, CallStriker, SpoiltAnswerWriter];

/** What the shopper's bank may say afterwards. */
const DISPUTE_PROVIDERS = [DisputeRepository, DisputeTeller, LeadDisputeHandler, ExpireDisputesJob];

/** What tells the merchant. */
const WEBHOOK_PROVIDERS = [
  WebhookRepository,
  WebhookMannerRepository,
  WebhookQueue,
  SigningSecretKeeper,
  LetterWriter,
  DeliverWebhooksJob,
];

/**
 * The emulator's wiring. Three ways in (Primer's calls, the control API, the webhook job), one store, one clock.
 */
@Module({})
export class SandboxModule {
  /** @param clock what its clock runs by: the machine's, or one that a test moves */
  static forRoot(settings: SandboxSettings, clock: Clock = new SystemClock()): DynamicModule {
    return {
      module: SandboxModule,
      imports: [
        // It stands in for Primer, whose spans nobody would see.
        PlatformModule.forRoot({ service: 'sandbox', settings, tracesMayLeave: false }),
      ],
      controllers: [
        PaymentAttemptsController,
        ClientSessionController,
        ...PAYMENT_CONTROLLERS,
        ControlController,
        ClockController,
        FaultsController,
        DisputesController,
        ...SHOP_CONTROLLERS,
      ],
      providers: [
        {
          provide: VirtualClock,
          useFactory: (store: SandboxStore) => new VirtualClock(clock, store),
          inject: [SandboxStore],
        },
        { provide: Clock, useExisting: VirtualClock },
        DueWorkRegistry,
        { provide: SandboxStore, useFactory: openStore(settings), inject: [Readiness, Metrics] },
        { provide: TenantDirectory, useFactory: listTenants(settings), inject: [SandboxStore] },
        { provide: WebhookClient, useFactory: () => new WebhookClient(settings.SANDBOX_WEBHOOK_TIMEOUT_MS) },
        PrimerCalls,
        ...FAULT_PROVIDERS,
        ApproveAttemptHandler,
        AbortAttemptHandler,
        AttemptRepository,
        TokeniseMethodHandler,
        CreateClientSessionHandler,
        GetClientSessionHandler,
        UpdateClientSessionHandler,
        ClientSessionRepository,
        ...PAYMENT_PROVIDERS,
        ...CONTROL_PROVIDERS,
        JournalRepository,
        ...DISPUTE_PROVIDERS,
        ...WEBHOOK_PROVIDERS,
        ...shopProviders(settings),
      ],
    };
  }
}

function openStore(settings: SandboxSettings): (readiness: Readiness, metrics: Metrics) => SandboxStore {
  return (readiness, metrics) => {
    const store = new SandboxStore(settings.SANDBOX_DATA_FILE, metrics);
    readiness.register('store', () => store.assertOpen());
    return store;
  };
}

function listTenants(settings: SandboxSettings): (store: SandboxStore) => TenantDirectory {
  return (store) => {
    const tenants: Tenant[] = [
      {
        id: DEFAULT_TENANT_ID,
        apiKey: settings.PRIMER_API_KEY,
        limitedKeys: settings.SANDBOX_LIMITED_API_KEYS,
        webhookTarget:
          settings.SANDBOX_WEBHOOK_URL === undefined
            ? undefined
            : {
                url: settings.SANDBOX_WEBHOOK_URL,
                secret: settings.PRIMER_WEBHOOK_SECRET,
                notificationConfigId: store.getOrCreateSetting('notificationConfigId', randomUUID),
                primerAccountId: store.getOrCreateSetting('primerAccountId', randomUUID),
              },
      },
    ];
    if (settings.SANDBOX_SECOND_API_KEY !== undefined) {
      tenants.push({ id: 'second', apiKey: settings.SANDBOX_SECOND_API_KEY });
    }
    return new TenantDirectory(tenants);
  };
}
