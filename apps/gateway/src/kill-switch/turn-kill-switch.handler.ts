import { Injectable } from '@nestjs/common';
import { KnownError, type KillSwitchAnswer, type KillSwitchBody } from '@tollgate/contracts';
import { EventTransactions } from '@tollgate/messaging';
import { MerchantDirectory } from '@tollgate/persistence';
import { Log } from '@tollgate/platform';
import { DueBell } from '../calls/due-bell.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { OperatorActionRepository } from '../steering/operator-action.repository.ts';
import { KillSwitchRepository } from './kill-switch.repository.ts';
import { KillSwitch } from './kill-switch.service.ts';

/** Stops and resumes approves, of one merchant or of all, and says how the switches stand. */
@Injectable()
export class TurnKillSwitchHandler {
  constructor(
    private readonly transactions: EventTransactions,
    private readonly switches: KillSwitchRepository,
    private readonly killSwitch: KillSwitch,
    private readonly operatorActions: OperatorActionRepository,
    private readonly merchants: MerchantDirectory,
    private readonly bell: DueBell,
    private readonly settings: CallSettings,
    private readonly log: Log,
  ) {}

  async read(): Promise<KillSwitchAnswer> {
    const stops = await this.switches.list();
    return {
      on: stops.map(({ merchantId, stoppedAt, by, note }) => ({
        merchantId,
        stoppedAt: stoppedAt.toISOString(),
        effectiveBy: new Date(stoppedAt.getTime() + this.settings.killSwitchCopyMsMax).toISOString(),
        by,
        note,
      })),
    };
  }

  /** Turned to where it stands already, nothing changes. @throws KnownError MERCHANT_NOT_FOUND */
  async turn(to: 'on' | 'off', { merchantId: named, note }: KillSwitchBody, by: string): Promise<KillSwitchAnswer> {
    const merchantId = named ?? null;
    if (merchantId !== null && to === 'on' && (await this.merchants.find(merchantId)) === undefined) {
      throw new KnownError('MERCHANT_NOT_FOUND', { facts: { merchantId } });
    }
    const turned = await this.transactions.run(async (tx) => {
      const isNew =
        to === 'on'
          ? await this.switches.turnOn(tx, { merchantId, by, note })
          : await this.switches.turnOff(tx, merchantId);
      if (isNew) {
        const kind = to === 'on' ? 'approvals-stopped' : 'approvals-resumed';
        await this.operatorActions.insert(tx, [{ kind, by, note, merchantId }]);
      }
      return isNew;
    });
    await this.killSwitch.refresh();
    if (turned) {
      const what = to === 'on' ? 'Approves are stopped by the kill switch' : 'Approves are resumed';
      this.log.warn(what, merchantId === null ? {} : { merchantId });
      this.bell.ringIn(0);
    }
    return this.read();
  }
}
