import { drawStrike, isLive, namesTarget } from './fault.policy.ts';
import type { Fault, FaultTarget, StrikingFault } from './fault.types.ts';

/** The live faults of one family, found by whom they name. Those that name somebody come first, then the older ones. */
export class FaultIndex<Definition extends StrikingFault> {
  private readonly faults = new Map<number, Fault<Definition>>();
  private readonly idsByTarget = new Map<string, Set<number>>();
  private readonly generalIds = new Set<number>();

  get isEmpty(): boolean {
    return this.faults.size === 0;
  }

  add(fault: Fault<Definition>): void {
    if (!isLive(fault)) return;
    this.faults.set(fault.id, fault);
    if (!namesTarget(fault.definition)) this.generalIds.add(fault.id);
    for (const name of namesOf(fault.definition)) {
      this.idsByTarget.set(name, (this.idsByTarget.get(name) ?? new Set()).add(fault.id));
    }
  }

  delete(id: number): void {
    const fault = this.faults.get(id);
    if (!fault) return;
    this.faults.delete(id);
    this.generalIds.delete(id);
    for (const name of namesOf(fault.definition)) {
      const ids = this.idsByTarget.get(name);
      ids?.delete(id);
      if (ids?.size === 0) this.idsByTarget.delete(name);
    }
  }

  clear(): void {
    this.faults.clear();
    this.idsByTarget.clear();
    this.generalIds.clear();
  }

  /**
   * Lets the faults draw that may strike, until the caller has enough.
   *
   * @param mayStrike whether a fault is about the thing at hand
   * @returns each fault that drew, as it stands now, and whether it strikes
   */
  *draw(
    target: FaultTarget,
    mayStrike: (definition: Definition) => boolean,
    seed: number,
  ): Generator<{ readonly fault: Fault<Definition>; readonly strikes: boolean }> {
    for (const fault of this.candidates(target)) {
      if (!mayStrike(fault.definition)) continue;
      const drawn = drawStrike(fault, seed);
      if (isLive(drawn.fault)) this.faults.set(fault.id, drawn.fault);
      else this.delete(fault.id);
      yield drawn;
    }
  }

  private candidates(target: FaultTarget): Fault<Definition>[] {
    const named = namesOf(target).flatMap((name) => [...(this.idsByTarget.get(name) ?? [])]);
    const ids = named.length === 0 ? this.generalIds : new Set([...named, ...this.generalIds]);
    return [...ids].map((id) => this.faults.get(id)).filter((fault) => fault !== undefined);
  }
}

function namesOf({ attemptId, paymentId, orderId }: Partial<FaultTarget>): string[] {
  return [attemptId, paymentId, orderId].filter((id) => id !== undefined);
}
