import { Injectable } from '@nestjs/common';
import { type CommandLimit, MerchantDirectory } from '@tollgate/persistence';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { toSettledCommand } from './command-progress.policy.ts';
import { CommandRepository } from './command.repository.ts';
import type { Command, CommandRequest } from './command.types.ts';
import { holdCommand } from './hold-command.policy.ts';
import type { CommandPlan } from './plan-command.policy.ts';

/** Keeps what is above its merchant's limits from being sent before a second person has approved it. */
@Injectable()
export class CommandLimits {
  constructor(
    private readonly merchants: MerchantDirectory,
    private readonly commands: CommandRepository,
    private readonly clock: DatabaseClock,
    private readonly settings: CallSettings,
  ) {}

  /** The limit of this merchant for commands of this kind, if there is one. @throws KnownError DATABASE_UNAVAILABLE */
  async find(merchantId: string, kind: CommandRequest['kind']): Promise<CommandLimit | undefined> {
    return (await this.merchants.get(merchantId)).settings.commandLimits[kind];
  }

  /**
   * The plan as it is, or to wait instead of the first call. Limits that cannot be read let nothing through.
   * @throws KnownError DATABASE_UNAVAILABLE, MERCHANT_NOT_FOUND
   */
  async check(leased: Command, plan: CommandPlan): Promise<CommandPlan> {
    if (plan.kind === 'settle' || leased.calls > 0 || leased.hold !== null) {
      return plan;
    }
    const limit = await this.find(leased.merchantId, leased.request.kind);
    if (limit === undefined) {
      return plan;
    }
    const earlierInHour = limit.perHourMax === undefined ? 0 : await this.commands.countEarlierInHour(leased);
    const now = this.clock.now();
    const measure = { limit, earlierInHour };
    const { command, customer } = plan;
    const held = holdCommand(leased, command, { measure, now, settings: this.settings.holds, customer });
    return held === undefined
      ? plan
      : { kind: 'settle', settled: toSettledCommand({ command: held, key: 'works' }, now, this.settings.commands) };
  }
}
