import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import { Clock } from '../clock/clock.service.ts';
import { type DueWork, DueWorkRegistry } from '../clock/due-work.service.ts';
import { MICROS_PER_SECOND } from '../clock/micros.policy.ts';
import { JournalRepository } from '../journal/journal.repository.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { TenantDirectory } from '../tenants/tenant.service.ts';
import { WebhookMannerRepository } from './webhook-manner.repository.ts';
import { WebhookClient } from './webhook.client.ts';
import { isDelivered, nextTryAtMicros } from './webhook.policy.ts';
import { WebhookRepository } from './webhook.repository.ts';
import type { DeliveryResult, Webhook } from './webhook.types.ts';
import { LetterWriter } from './write-letter.service.ts';

const MAX_CONCURRENT_DELIVERIES = 32;

/** How long a stop waits for answers under way before it hangs up on them. */
const STOP_GRACE_MS = 2_000;

/** How long a webhook is left alone whose delivery could not be recorded. */
const PAUSE_AFTER_FAILURE_MICROS = MICROS_PER_SECOND;

/**
 * Delivers webhooks when they fall due. The queue is the table: what a stop or a crash leaves behind is found there at
 * the next start. A delivery that was cut off may have arrived, and is made again: at least once, as at Primer.
 */
@Injectable()
export class DeliverWebhooksJob implements DueWork, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly keepsOwnTime = true;
  /** Deliveries under way, and when each fell due. */
  private readonly inFlight = new Map<Promise<void>, number>();
  private stopping = false;
  private hungUp = false;
  private passPlanned = false;
  private cancelAlarm = (): void => {};

  constructor(
    private readonly store: SandboxStore,
    private readonly webhooks: WebhookRepository,
    private readonly journal: JournalRepository,
    private readonly tenants: TenantDirectory,
    private readonly letters: LetterWriter,
    private readonly manners: WebhookMannerRepository,
    private readonly client: WebhookClient,
    private readonly clock: Clock,
    private readonly log: Log,
    dueWork: DueWorkRegistry,
  ) {
    dueWork.register(this);
  }

  onApplicationBootstrap(): void {
    this.webhooks.releaseClaims();
    this.nudge();
  }

  nextDueMicros(afterMicros?: number): number | undefined {
    return this.webhooks.findNextDueMicros(afterMicros);
  }

  /** Delivers what is due and waits for every answer, also for those of deliveries already under way. */
  async runDue(): Promise<void> {
    const byMicros = this.clock.nowMicros();
    while (!this.hungUp) {
      this.startDue();
      const isWaiting = (this.webhooks.findNextDueMicros() ?? Infinity) <= byMicros;
      const deliveries = [...this.inFlight].filter(([, dueAtMicros]) => isWaiting || dueAtMicros <= byMicros);
      if (deliveries.length === 0) return;
      await Promise.race(deliveries.map(([delivery]) => delivery));
    }
  }

  /** Looks for due webhooks soon; calls that come together share one look. */
  nudge(): void {
    if (this.passPlanned || this.stopping) return;
    this.passPlanned = true;
    setImmediate(() => {
      this.passPlanned = false;
      this.startDue();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    this.cancelAlarm();
    const impatience = setTimeout(() => this.hangUp(), STOP_GRACE_MS);
    await Promise.all(this.inFlight.keys());
    clearTimeout(impatience);
  }

  private hangUp(): void {
    this.hungUp = true;
    this.client.hangUp();
  }

  private startDue(): void {
    if (this.stopping) return;
    const room = MAX_CONCURRENT_DELIVERIES - this.inFlight.size;
    // Without room there is nothing to do: each delivery that ends looks again.
    if (room === 0) return;
    const due = this.webhooks.claimDue(this.clock.nowMicros(), room);
    for (const webhook of due) {
      const delivery: Promise<void> = this.deliver(webhook)
        .catch((error: unknown) => this.putBack(webhook, error))
        .finally(() => {
          this.inFlight.delete(delivery);
          this.nudge();
        });
      this.inFlight.set(delivery, webhook.dueAtMicros);
    }
    this.cancelAlarm();
    const nextDueMicros = due.length < room ? this.webhooks.findNextDueMicros() : undefined;
    if (nextDueMicros !== undefined) this.cancelAlarm = this.clock.wakeAt(nextDueMicros, () => this.nudge());
  }

  private async deliver(webhook: Webhook): Promise<void> {
    const target = this.tenants.findWebhookTarget(webhook.tenantId);
    const result: DeliveryResult = target
      ? await this.client.post(target.url, this.letters.write(webhook, target))
      : { error: 'NO_WEBHOOK_ADDRESS' };
    // A call that we hung up on proves nothing; the claim stays and the next start makes it again.
    if (!this.hungUp) await this.settle(webhook, result);
  }

  /** How it went could not be written down: the webhook goes back into the queue, and is made again a little later. */
  private putBack(webhook: Webhook, error: unknown): void {
    this.log.error('A delivery could not be recorded', { error });
    this.webhooks.release(webhook.id, this.clock.nowMicros() + PAUSE_AFTER_FAILURE_MICROS);
  }

  private async settle(webhook: Webhook, result: DeliveryResult): Promise<void> {
    const nowMicros = this.clock.nowMicros();
    const tries = webhook.tries + 1;
    const delivered = 'statusCode' in result && isDelivered(result.statusCode);
    const nextTryMicros = delivered ? undefined : nextTryAtMicros(tries, nowMicros, Math.random());
    const state = delivered ? 'DELIVERED' : nextTryMicros === undefined ? 'DROPPED' : 'PENDING';
    await this.store.transaction(() => {
      const dueAtMicros = nextTryMicros ?? webhook.dueAtMicros;
      const isKnown = this.webhooks.recordDelivery(webhook, { result, state, dueAtMicros, nowMicros });
      // The store was emptied while the webhook was on its way.
      if (!isKnown) return;
      if (delivered && webhook.paymentId !== undefined) {
        this.manners.releaseHeld(webhook.paymentId, webhook.id, nowMicros);
      }
      this.journal.append({
        kind: 'WEBHOOK',
        name: webhook.eventType,
        attemptId: webhook.attemptId,
        paymentId: webhook.paymentId,
        facts: { webhookId: webhook.id, try: tries, state, ...result },
      });
    });
  }
}
