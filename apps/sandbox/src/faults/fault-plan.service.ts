import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { toCallSubject } from './call-subject.policy.ts';
import { drawStrike, isLive, matchesCall, namesTarget } from './fault.policy.ts';
import { FaultRepository } from './fault.repository.ts';
import type { FaultDefinition } from './fault.schema.ts';
import type { CallSubject, Fault } from './fault.types.ts';

/** What the faults have decided about one call. */
export interface FaultVerdict {
  /** The fault that strikes it, if any. */
  readonly struck: Fault | undefined;
  /** Faults that drew or struck: to be recorded in the call's transaction. */
  readonly drawn: readonly Fault[];
}

/**
 * The faults that are set, in memory as in the store. A fault that names an attempt, a payment or an order comes before
 * one that strikes anybody; among equals the older one does. At most one strikes a call. With none set it costs nothing.
 */
@Injectable()
export class FaultPlan {
  private readonly faults = new Map<number, Fault>();
  private readonly idsByTarget = new Map<string, Set<number>>();
  private readonly generalIds = new Set<number>();
  private namesOrders = false;
  private seed: number;

  constructor(
    private readonly store: SandboxStore,
    private readonly repository: FaultRepository,
  ) {
    this.seed = Number(store.getOrCreateSetting('seed', () => '1'));
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
    const fault = this.faults.get(id);
    if (!fault) return false;
    await this.store.transaction(() => this.repository.delete(id));
    this.faults.delete(id);
    this.forgetTarget(fault);
    return true;
  }

  async removeAll(): Promise<void> {
    await this.store.transaction(() => this.repository.deleteAll());
    this.forgetAll();
  }

  /** After the store was emptied: nothing is set, and rates draw by this seed. */
  startOver(seed: number): void {
    this.forgetAll();
    this.seed = seed;
  }

  /** Decides what happens to a call; nothing when no fault could strike it. */
  judgeCall(call: PrimerCall): FaultVerdict | undefined {
    if (this.idsByTarget.size === 0 && this.generalIds.size === 0) return undefined;
    const subject = this.describe(call);
    const drawn: Fault[] = [];
    for (const fault of this.candidates(subject)) {
      if (!matchesCall(fault.definition, subject)) continue;
      const draw = drawStrike(fault, this.seed);
      this.replace(draw.fault);
      drawn.push(draw.fault);
      if (draw.strikes) return { struck: draw.fault, drawn };
    }
    return drawn.length === 0 ? undefined : { struck: undefined, drawn };
  }

  private describe(call: PrimerCall): CallSubject {
    const subject = toCallSubject(call);
    if (subject.orderId !== undefined || !this.namesOrders) return subject;
    return { ...subject, orderId: this.repository.findOrderId(subject) };
  }

  private *candidates(subject: CallSubject): Generator<Fault> {
    const named = [subject.attemptId, subject.paymentId, subject.orderId].flatMap((id) => [
      ...(id === undefined ? [] : (this.idsByTarget.get(id) ?? [])),
    ]);
    for (const id of new Set([...named, ...this.generalIds])) {
      const fault = this.faults.get(id);
      if (fault) yield fault;
    }
  }

  private keep(fault: Fault): void {
    this.faults.set(fault.id, fault);
    if (!isLive(fault)) return;
    const { definition } = fault;
    if (!namesTarget(definition)) this.generalIds.add(fault.id);
    for (const target of targetsOf(definition)) {
      const ids = this.idsByTarget.get(target) ?? new Set();
      this.idsByTarget.set(target, ids.add(fault.id));
    }
    if (definition.orderId !== undefined) this.namesOrders = true;
  }

  private replace(fault: Fault): void {
    this.faults.set(fault.id, fault);
    if (!isLive(fault)) this.forgetTarget(fault);
  }

  private forgetTarget({ id, definition }: Fault): void {
    this.generalIds.delete(id);
    for (const target of targetsOf(definition)) {
      const ids = this.idsByTarget.get(target);
      ids?.delete(id);
      if (ids?.size === 0) this.idsByTarget.delete(target);
    }
  }

  private forgetAll(): void {
    this.faults.clear();
    this.idsByTarget.clear();
    this.generalIds.clear();
    this.namesOrders = false;
  }
}

function targetsOf({ attemptId, paymentId, orderId }: FaultDefinition): string[] {
  return [attemptId, paymentId, orderId].filter((id) => id !== undefined);
}
