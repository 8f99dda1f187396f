import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { DEFAULT_TENANT_ID } from '../tenants/default-tenant.policy.ts';
import { toCallSubject } from './call-subject.policy.ts';
import { FaultIndex } from './fault-index.store.ts';
import { isCallFault, matchesCall, matchesWebhook, namesTarget } from './fault.policy.ts';
import { FaultRepository } from './fault.repository.ts';
import type { CallFault, FaultDefinition, ListLag, WebhookFault } from './fault.schema.ts';
import type { CallSubject, Fault, WebhookSubject } from './fault.types.ts';

/** What the faults have decided about one call. */
export interface FaultVerdict {
  /** The fault that strikes it, if any. */
  readonly struck: Fault<CallFault> | undefined;
  /** Faults that drew or struck: to be recorded in the call's transaction. */
  readonly drawn: readonly Fault[];
}

const SEED_SETTING = 'seed';

/**
 * The faults that are set, in memory as in the store. A fault that names an attempt, a payment or an order comes before
 * one that strikes anybody; among equals the older one does. With none set it costs nothing.
 */
@Injectable()
export class FaultPlan {
  private readonly faults = new Map<number, Fault>();
  private readonly callFaults = new FaultIndex<CallFault>();
  private readonly webhookFaults = new FaultIndex<WebhookFault>();
  private lags: ListLag[] = [];
  private namesOrders = false;
  private seed: number;

  constructor(
    private readonly store: SandboxStore,
    private readonly repository: FaultRepository,
  ) {
    this.seed = Number(store.getOrCreateSetting(SEED_SETTING, () => '1'));
    for (const fault of repository.list()) this.keep(fault);
  }

  /** Every fault that was set and not deleted, oldest first. */
  list(): Fault[] {
    return [...this.faults.values()];
  }

  /** Sets faults; resolves once they are stored. */
  async add(definitions: readonly FaultDefinition[], nowMicros: number): Promise<Fault[]> {
    const salt = this.faults.size;
    const added = await this.store.transaction(() =>
      definitions.map((definition, index) => this.repository.insert(definition, salt + index, nowMicros)),
    );
    for (const fault of added) this.keep(fault);
    return added;
  }

  /** Takes a fault back; false when there is none of that id. */
  async remove(id: number): Promise<boolean> {
    if (!this.faults.has(id)) return false;
    await this.store.transaction(() => this.repository.delete(id));
    this.faults.delete(id);
    this.rebuild();
    return true;
  }

  async removeAll(): Promise<void> {
    await this.store.transaction(() => this.repository.deleteAll());
    this.faults.clear();
    this.rebuild();
  }

  /** Sets the seed of rates that name none. Belongs into the transaction that empties the store. */
  writeSeed(seed: number): void {
    this.store.writeSetting(SEED_SETTING, String(seed));
  }

  /** After the store was emptied: nothing is set. */
  startOver(seed: number): void {
    this.seed = seed;
    this.faults.clear();
    this.rebuild();
  }

  /** Decides what happens to a call: at most one fault strikes it. Nothing when no fault could. */
  judgeCall(call: PrimerCall): FaultVerdict | undefined {
    if (this.callFaults.isEmpty) return undefined;
    const subject = this.describe(call);
    const drawn: Fault[] = [];
    for (const draw of this.callFaults.draw(subject, (fault) => matchesCall(fault, subject), this.seed)) {
      this.faults.set(draw.fault.id, draw.fault);
      drawn.push(draw.fault);
      if (draw.strikes) return { struck: draw.fault, drawn };
    }
    return drawn.length === 0 ? undefined : { struck: undefined, drawn };
  }

  /**
   * Decides what happens to a webhook, in the transaction that queues it: every fault that strikes, strikes. A transaction
   * that is carried out again, because another work in it failed, draws the same.
   */
  judgeWebhook(subject: WebhookSubject): readonly WebhookFault[] {
    if (this.webhookFaults.isEmpty) return [];
    const draws = [...this.webhookFaults.draw(subject, (fault) => matchesWebhook(fault, subject), this.seed)];
    const before = draws.flatMap(({ fault }) => this.faults.get(fault.id) ?? []);
    for (const { fault } of draws) this.faults.set(fault.id, fault);
    this.store.onRollback(() => {
      for (const fault of before) this.faults.set(fault.id, fault);
      this.rebuild();
    });
    this.repository.recordDraws(draws.map(({ fault }) => fault));
    return draws.filter(({ strikes }) => strikes).map(({ fault }) => fault.definition);
  }

  /** How a tenant's list of payments lags behind; usually not at all. */
  listLagsOf(tenantId: string): readonly ListLag[] {
    return this.lags.filter((lag) => !namesTarget(lag) || tenantId === DEFAULT_TENANT_ID);
  }

  private describe(call: PrimerCall): CallSubject {
    const subject = toCallSubject(call);
    if (subject.orderId !== undefined || !this.namesOrders) return subject;
    return { ...subject, orderId: this.repository.findOrderId(subject) };
  }

  private rebuild(): void {
    this.callFaults.clear();
    this.webhookFaults.clear();
    this.lags = [];
    this.namesOrders = false;
    for (const fault of this.faults.values()) this.keep(fault);
  }

  private keep(fault: Fault): void {
    const { definition } = fault;
    this.faults.set(fault.id, fault);
    if (definition.kind === 'LIST_LAG') this.lags.push(definition);
    else if (isCallFault(definition)) this.callFaults.add({ ...fault, definition });
    else this.webhookFaults.add({ ...fault, definition });
    if (definition.orderId !== undefined) this.namesOrders = true;
  }
}
