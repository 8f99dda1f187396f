import { Injectable } from '@nestjs/common';
import type { ActionAnswer } from '@tollgate/contracts';
import type { Action } from '../actions/action.types.ts';
import { MerchantLanes, toTraffic } from '../calls/merchant-lanes.service.ts';
import { KillSwitch } from '../kill-switch/kill-switch.service.ts';

/** Why nothing is called about an open action just now, as far as this process knows. */
@Injectable()
export class HeldBack {
  constructor(
    private readonly killSwitch: KillSwitch,
    private readonly lanes: MerchantLanes,
  ) {}

  reasonOf({ merchantId, step }: Action): ActionAnswer['heldBackBy'] {
    if (step === 'approve' && this.killSwitch.stops(merchantId)) {
      return 'kill-switch';
    }
    const reason = this.lanes.reasonOf(merchantId) ?? null;
    return reason === 'circuit-open' && toTraffic(step) === 'search' ? null : reason;
  }
}
