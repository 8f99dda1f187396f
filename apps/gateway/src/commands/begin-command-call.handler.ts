import { Injectable } from '@nestjs/common';
import { Database } from '@tollgate/persistence';
import { CallSettings } from '../gateway.config.ts';
import { ApproveAdmission } from '../orders/approve-admission.service.ts';
import { CommandRepository } from './command.repository.ts';
import type { Command } from './command.types.ts';

/** What became of a call that was about to be made. */
export type Beginning = 'begun' | 'lease-lost' | 'order-taken';

/**
 * Commits that a call may arrive, before its first byte. The first call of a create takes its order's claim in the same
 * transaction: one order, one charge, whether an attempt is approved or a payment is created.
 */
@Injectable()
export class BeginCommandCallHandler {
  constructor(
    private readonly database: Database,
    private readonly commands: CommandRepository,
    private readonly admission: ApproveAdmission,
    private readonly settings: CallSettings,
  ) {}

  /** @throws KnownError DATABASE_UNAVAILABLE, DATABASE_CONFLICT: retriable, and nothing has begun */
  async begin(command: Command): Promise<Beginning> {
    const { request, merchantId, commandId } = command;
    if (request.kind !== 'create' || command.calls > 1) {
      return (await this.commands.beginCall(command, this.settings.leaseMs)) ? 'begun' : 'lease-lost';
    }
    return this.database.transaction(async (tx) => {
      if (!(await this.admission.admitCreate(tx, { merchantId, commandId, orderId: request.orderId }))) {
        return 'order-taken';
      }
      return (await this.commands.beginCallIn(tx, command, this.settings.leaseMs)) ? 'begun' : 'lease-lost';
    });
  }
}
