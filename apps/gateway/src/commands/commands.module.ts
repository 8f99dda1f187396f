import type { Provider, Type } from '@nestjs/common';
import { PaymentTokens, PersonalValues } from '@tollgate/persistence';
import { BeginCommandCallHandler } from './begin-command-call.handler.ts';
import { CarryOutCommandHandler } from './carry-out-command.handler.ts';
import { CommandCalls } from './command-calls.service.ts';
import { CommandDispatcher } from './command-dispatcher.service.ts';
import { CommandLanes } from './command-lanes.service.ts';
import { CommandBell, CommandLeases } from './command-leases.service.ts';
import { CommandLimits } from './command-limits.service.ts';
import { CommandVerdictRepository } from './command-verdict.repository.ts';
import { CommandWatch } from './command-watch.service.ts';
import { CommandRepository } from './command.repository.ts';
import { HearApprovalsConsumer } from './hear-approvals.consumer.ts';
import { LeaseCommandsHandler } from './lease-commands.handler.ts';
import { LeaseCommandsJob } from './lease-commands.job.ts';
import { PaymentCommandsController } from './payment-commands.controller.ts';
import { ReadCommandHandler } from './read-command.handler.ts';
import { ReceiveCommandsConsumer } from './receive-commands.consumer.ts';
import { ReceiveCommandsHandler } from './receive-commands.handler.ts';
import { RecordCommandHandler } from './record-command.handler.ts';
import { RenewCommandLeasesJob } from './renew-command-leases.job.ts';
import { RequestCommandHandler } from './request-command.handler.ts';
import { SettleHeldHandler } from './settle-held.handler.ts';

/** Ways in of payment commands. They share the gateway's connection to Primer, so they are part of its one module. */
export const COMMAND_CONTROLLERS: ReadonlyArray<Type> = [
  ReceiveCommandsConsumer,
  HearApprovalsConsumer,
  PaymentCommandsController,
];

/** What takes payment commands in and carries them out. */
export function toCommandProviders(masterKey: string): Provider[] {
  return [
    { provide: PaymentTokens, useFactory: () => new PaymentTokens(masterKey) },
    { provide: PersonalValues, useFactory: () => new PersonalValues(masterKey) },
    CommandRepository,
    CommandLeases,
    CommandBell,
    CommandLanes,
    CommandCalls,
    CommandWatch,
    CommandLimits,
    CommandVerdictRepository,
    SettleHeldHandler,
    RecordCommandHandler,
    BeginCommandCallHandler,
    CarryOutCommandHandler,
    CommandDispatcher,
    LeaseCommandsHandler,
    LeaseCommandsJob,
    RenewCommandLeasesJob,
    ReceiveCommandsHandler,
    RequestCommandHandler,
    ReadCommandHandler,
  ];
}
