import { Injectable } from '@nestjs/common';
import { failpoint, Log } from '@tollgate/platform';
import { ActionRepository, toActionKeyText } from '../actions/action.repository.ts';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { LeaseRenewal } from './lease-renewal.job.ts';
import { type LeasedStep, Leases } from './leases.service.ts';

/** Prolongs the leases of attempts' steps. */
@Injectable()
export class RenewLeasesJob extends LeaseRenewal<LeasedStep> {
  constructor(
    leases: Leases,
    private readonly actions: ActionRepository,
    clock: DatabaseClock,
    settings: CallSettings,
    log: Log,
  ) {
    super({ leases, clock, settings, log });
  }

  protected async renew(held: readonly LeasedStep[], leaseMs: number): Promise<readonly LeasedStep[]> {
    const keys = held.map(({ action }) => action);
    const renewed = await this.actions.renewLeases(keys, leaseMs);
    failpoint('renewal.after-commit');
    return held.filter(({ action }) => renewed.has(toActionKeyText(action)));
  }
}
