import { Injectable } from '@nestjs/common';
import { MerchantLanes } from '../calls/merchant-lanes.service.ts';
import { CallSettings } from '../gateway.config.ts';

/**
 * Room for each merchant's commands, beside that of its attempts: neither waits for the other, however slow or broken
 * it is. A refused key holds back both.
 */
@Injectable()
export class CommandLanes {
  readonly #underWay = new Map<string, number>();

  constructor(
    private readonly settings: CallSettings,
    private readonly attempts: MerchantLanes,
  ) {}

  /** Commands of this merchant that may be leased now. */
  room(merchantId: string): number {
    return this.attempts.letsThrough(merchantId)
      ? Math.max(0, this.settings.merchantCommandsMax - (this.#underWay.get(merchantId) ?? 0))
      : 0;
  }

  /** Merchants of whom nothing can be leased now. */
  heldBack(): string[] {
    const known = new Set([...this.#underWay.keys(), ...this.attempts.heldBack('search')]);
    return [...known].filter((merchantId) => this.room(merchantId) === 0);
  }

  enter(merchantId: string): void {
    this.#underWay.set(merchantId, (this.#underWay.get(merchantId) ?? 0) + 1);
  }

  leave(merchantId: string): void {
    const left = (this.#underWay.get(merchantId) ?? 1) - 1;
    if (left === 0) {
      this.#underWay.delete(merchantId);
    } else {
      this.#underWay.set(merchantId, left);
    }
  }

  /** What an answer has shown of the merchant's key at Primer. */
  noteKey(merchantId: string, key: 'refused' | 'works' | 'not-asked'): void {
    if (key === 'refused') {
      this.attempts.pause(merchantId, 'key-refused');
    } else if (key === 'works') {
      this.attempts.noteKeyWorks(merchantId);
    }
  }
}
