import { type DynamicModule, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { IdentityModule } from '@tollgate/identity/lookup';
import { MessagingModule, messagingMigrations, toMessagingSettings } from '@tollgate/messaging';
import { MerchantsModule, PersistenceModule } from '@tollgate/persistence';
import { PlatformModule } from '@tollgate/platform';
import { PrimerClient } from '@tollgate/primer-client';
import { SWEEP_SETTINGS, toSweepSettings, WEBHOOK_TOLERANCE_MS, type LedgerEnvironment } from './ledger.config.ts';
import { DisputeRepository } from './disputes/dispute.repository.ts';
import { PostDisputesConsumer } from './disputes/post-disputes.consumer.ts';
import { PostDisputesHandler } from './disputes/post-disputes.handler.ts';
import { LedgerMetrics } from './ledger.metrics.ts';
import { CreateBooks1790000003002 } from './migrations/create-books.migration.ts';
import { CreateDeliveries1790000003001 } from './migrations/create-deliveries.migration.ts';
import { CreateDisputes1790000003005 } from './migrations/create-disputes.migration.ts';
import { CreatePaymentTraces1790000003004 } from './migrations/create-payment-traces.migration.ts';
import { CreateReadBacks1790000003003 } from './migrations/create-read-backs.migration.ts';
import { RankReadBacks1790000003006 } from './migrations/rank-read-backs.migration.ts';
import { JournalRepository } from './posting/journal.repository.ts';
import { LinkAttemptsConsumer } from './posting/link-attempts.consumer.ts';
import { LinkAttemptsHandler } from './posting/link-attempts.handler.ts';
import { PaymentRepository } from './posting/payment.repository.ts';
import { PostPaymentsHandler } from './posting/post-payments.handler.ts';
import { PostReportsConsumer } from './posting/post-reports.consumer.ts';
import { PostReportsHandler } from './posting/post-reports.handler.ts';
import { AccountsController } from './reading/accounts.controller.ts';
import { BooksRepository } from './reading/books.repository.ts';
import { DisputesController } from './reading/disputes.controller.ts';
import { GetPaymentHandler } from './reading/get-payment.handler.ts';
import { JournalController } from './reading/journal.controller.ts';
import { ListAccountsHandler } from './reading/list-accounts.handler.ts';
import { ListDisputesHandler } from './reading/list-disputes.handler.ts';
import { ListJournalHandler } from './reading/list-journal.handler.ts';
import { ListPaymentsHandler } from './reading/list-payments.handler.ts';
import { ListSetAsideHandler } from './reading/list-set-aside.handler.ts';
import { PaymentsController } from './reading/payments.controller.ts';
import { SetAsideController } from './reading/set-aside.controller.ts';
import { TakeTrialBalanceHandler } from './reading/take-trial-balance.handler.ts';
import { TrialBalanceController } from './reading/trial-balance.controller.ts';
import { ListRecentPaymentsHandler } from './sweeping/list-recent-payments.handler.ts';
import { PaymentListRepository } from './sweeping/payment-list.repository.ts';
import { PaymentReads } from './sweeping/payment-reads.client.ts';
import { ReadBackRepository } from './sweeping/read-back.repository.ts';
import { ReadPaymentsHandler } from './sweeping/read-payments.handler.ts';
import { RecordReadsHandler } from './sweeping/record-reads.handler.ts';
import { SweepPaymentsJob } from './sweeping/sweep-payments.job.ts';
import { LinkTracesHandler } from './tracing/link-traces.handler.ts';
import { DeliveryRepository } from './webhooks/delivery.repository.ts';
import { OperationFailureRepository } from './webhooks/operation-failure.repository.ts';
import { ReceiveWebhookController } from './webhooks/receive-webhook.controller.ts';
import { ReceiveWebhookHandler } from './webhooks/receive-webhook.handler.ts';

/** Every table of the ledger's schema, in the order in which it came to be. */
export const ledgerMigrations = [
  ...messagingMigrations,
  CreateDeliveries1790000003001,
  CreateBooks1790000003002,
  CreateReadBacks1790000003003,
  CreatePaymentTraces1790000003004,
  CreateDisputes1790000003005,
  RankReadBacks1790000003006,
];

const receiving = [ReceiveWebhookHandler, DeliveryRepository, OperationFailureRepository];
const posting = [
  PostReportsHandler,
  PostDisputesHandler,
  LinkAttemptsHandler,
  PostPaymentsHandler,
  PaymentRepository,
  DisputeRepository,
  JournalRepository,
];
const sweeping = [
  SweepPaymentsJob,
  ReadPaymentsHandler,
  RecordReadsHandler,
  PaymentReads,
  ListRecentPaymentsHandler,
  ReadBackRepository,
  PaymentListRepository,
];
const reading = [
  GetPaymentHandler,
  ListPaymentsHandler,
  ListDisputesHandler,
  ListJournalHandler,
  ListAccountsHandler,
  TakeTrialBalanceHandler,
  ListSetAsideHandler,
  BooksRepository,
];

/** Closes the connections to Primer last, when nothing calls any more. */
@Injectable()
class PrimerConnections implements OnApplicationShutdown {
  constructor(@Inject(PrimerClient) private readonly primer: PrimerClient) {}

  async onApplicationShutdown(): Promise<void> {
    await this.primer.destroy();
  }
}

/**
 * The ledger's wiring: webhooks in by HTTP and stored, their news through Kafka to the poster, what webhooks missed by
 * the sweeper, reads for operators.
 */
@Module({})
export class LedgerModule {
  static forRoot(settings: LedgerEnvironment): DynamicModule {
    return {
      module: LedgerModule,
      imports: [
        PlatformModule.forRoot({ service: 'ledger', settings }),
        PersistenceModule.forRoot({
          service: 'ledger',
          databaseUrl: settings.DATABASE_URL,
          schema: settings.DATABASE_SCHEMA,
          migrations: ledgerMigrations,
        }),
        MerchantsModule.forRoot({
          masterKey: settings.TOLLGATE_MASTER_KEY,
          schema: settings.MERCHANTS_SCHEMA,
          secrets: ['primerApiKey', 'webhookSecrets'],
        }),
        IdentityModule.forRoot({ schema: settings.IDENTITY_SCHEMA }),
        MessagingModule.forRoot(toMessagingSettings('ledger', settings)),
      ],
      controllers: [
        ReceiveWebhookController,
        PostReportsConsumer,
        PostDisputesConsumer,
        LinkAttemptsConsumer,
        PaymentsController,
        DisputesController,
        JournalController,
        AccountsController,
        TrialBalanceController,
        SetAsideController,
      ],
      providers: [
        { provide: SWEEP_SETTINGS, useValue: toSweepSettings(settings) },
        { provide: WEBHOOK_TOLERANCE_MS, useValue: settings.WEBHOOK_TOLERANCE_MS },
        {
          provide: PrimerClient,
          // What cannot be read now is due again later, by its row.
          useValue: new PrimerClient({ baseUrl: settings.PRIMER_API_URL, readRetriesMax: 0 }),
        },
        PrimerConnections,
        LedgerMetrics,
        ...receiving,
        ...posting,
        ...sweeping,
        ...reading,
        LinkTracesHandler,
      ],
    };
  }
}
