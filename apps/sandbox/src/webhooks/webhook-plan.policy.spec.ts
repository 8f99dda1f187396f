import { describe, expect, it } from '@jest/globals';
import { planWebhook } from './webhook-plan.policy.ts';

const PLAIN = { delayMs: 0, duplicates: 0 };
const SENT_AT_ONCE = { delayMs: 0, isDropped: false, isHeld: false, manner: undefined };

describe('a webhook', () => {
  it('is sent at once and once when nothing is wrong', () => {
    expect(planWebhook(PLAIN, [])).toEqual([SENT_AT_ONCE]);
  });

  it('is late and repeated as its attempt asked for', () => {
    expect(planWebhook({ delayMs: 5, duplicates: 2 }, []).map(({ delayMs }) => delayMs)).toEqual([5, 5, 5]);
  });

  it('that is dropped is neither repeated nor late, whatever else strikes it', () => {
    const planned = planWebhook({ delayMs: 5, duplicates: 2 }, [
      { kind: 'WEBHOOK_DUPLICATE', copies: 3, delayMs: 0 },
      { kind: 'WEBHOOK_DROP' },
    ]);
    expect(planned).toEqual([{ ...SENT_AT_ONCE, isDropped: true }]);
  });

  it('that is struck by several faults suffers all of them', () => {
    const planned = planWebhook(PLAIN, [
      { kind: 'WEBHOOK_DELAY', delayMs: 10 },
      { kind: 'WEBHOOK_REORDER', holdMs: 100 },
      { kind: 'WEBHOOK_DUPLICATE', copies: 1, delayMs: 7 },
      { kind: 'WEBHOOK_BAD_SIGNATURE', tries: 2 },
      { kind: 'WEBHOOK_STALE_SIGNED_AT', tries: 1, ageSeconds: 60 },
      { kind: 'WEBHOOK_RETRY_UNCHANGED' },
    ]);
    const manner = { badSignatureTries: 2, staleTries: 1, staleSeconds: 60, repeatsBytes: true };
    expect(planned).toEqual([
      { delayMs: 110, isDropped: false, isHeld: true, manner },
      { delayMs: 7, isDropped: false, isHeld: false, manner },
    ]);
  });
});
