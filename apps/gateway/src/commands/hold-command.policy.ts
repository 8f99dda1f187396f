import { createHash } from 'node:crypto';
import type { HoldReason } from '@tollgate/contracts';
import type { CommandLimit } from '@tollgate/persistence';
import { refuse, toOrderId } from './command-progress.policy.ts';
import type { Command, Customer, Hold, HoldSettings, HoldVerdict } from './command.types.ts';

/** What a command is measured by. */
export interface Measure {
  readonly limit: CommandLimit;
  /** Commands of the kind that came in within the hour before this one. */
  readonly earlierInHour: number;
}

/** Money that a command is about, as far as it is known before the call. */
export interface Asked {
  readonly amountMinor: string;
  readonly currency: string | null;
}

/** What putting a command on hold needs to know beside it. */
export interface Holding {
  readonly measure: Measure;
  readonly now: Date;
  readonly settings: HoldSettings;
  readonly customer?: Customer | undefined;
}

/** Which limit the command is above; undefined for none. The amount counts first: it says more to whoever decides. */
export function findExcess(
  { amountMinor, currency }: Asked,
  { limit: { amountMaxMinor, perHourMax }, earlierInHour }: Measure,
): Pick<Hold, 'reason' | 'limit'> | undefined {
  if (amountMaxMinor !== undefined) {
    const amountMinorMax = amountMaxMinor[currency ?? ''];
    if (amountMinorMax === undefined) {
      return excess('currency-without-limit', {});
    }
    if (BigInt(amountMinor) > BigInt(amountMinorMax)) {
      return excess('amount-above-limit', { amountMinorMax });
    }
  }
  return perHourMax !== undefined && earlierInHour >= perHourMax
    ? excess('rate-above-limit', { perHourMax })
    : undefined;
}

/**
 * The leased command as it waits for a second person; undefined when it is within its limits.
 * @param called the command as its first call would be committed
 */
export function holdCommand(
  leased: Command,
  called: Command,
  { measure, now, settings, customer = {} }: Holding,
): Command | undefined {
  const asked = toAsked(called);
  const found = findExcess(asked, measure);
  if (found === undefined) {
    return undefined;
  }
  const lengthMs = leased.request.kind === 'create' ? settings.createHoldMs : settings.holdMs;
  const decideBy = new Date(now.getTime() + lengthMs);
  const held = { ...leased, payment: called.payment };
  return {
    ...held,
    state: 'HELD',
    tries: 0,
    hold: {
      ...{ ...found, ...asked, final: called.final, digest: toHoldDigest(held, asked, called.final) },
      ...(Object.keys(customer).length === 0 ? {} : { customer }),
      ...{ heldAt: now.toISOString(), decideBy: decideBy.toISOString() },
    },
    dueAt: new Date(decideBy.getTime() + settings.verdictGraceMs),
  };
}

/** The command as the last word about it leaves it: on its way again, or refused. */
export function applyVerdict(command: Command, holdVerdict: HoldVerdict, now: Date): Command {
  // Whoever has leased it, because its time seemed over, records nothing any more.
  const heard = { ...command, holdVerdict, fence: command.fence + 1 };
  return holdVerdict.verdict === 'approved'
    ? { ...heard, state: 'AWAITING', dueAt: now }
    : refuse(heard, `approval-${holdVerdict.verdict}`, now);
}

/** Nobody has said anything in time. */
export function expireHold(command: Command, now: Date): Command {
  const nobody: HoldVerdict = { verdict: 'expired', approvalId: null, actor: 'gateway', at: now.toISOString() };
  return applyVerdict(command, nobody, now);
}

/** Of a cancel what the payment holds: that is what it gives up. */
function toAsked({ amountMinor, currency, payment }: Command): Asked {
  return {
    amountMinor: amountMinor ?? payment?.amountMinor ?? '0',
    currency: currency ?? payment?.currency ?? null,
  };
}

/** Names what waits: the same for the same command about the same payment, amount and finality. */
export function toHoldDigest(
  command: Pick<Command, 'merchantId' | 'commandId' | 'request' | 'paymentId' | 'payment'>,
  { amountMinor, currency }: Asked,
  final: boolean | null,
): string {
  const { merchantId, commandId, request, paymentId } = command;
  const waits = [merchantId, commandId, request.kind, paymentId, toOrderId(command), amountMinor, currency, final];
  return createHash('sha256').update(JSON.stringify(waits), 'utf8').digest('hex');
}

function excess(reason: HoldReason, limit: Hold['limit']): Pick<Hold, 'reason' | 'limit'> {
  return { reason, limit };
}
