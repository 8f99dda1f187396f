import { Injectable } from '@nestjs/common';
import { operationNames } from '../api/operation-name.decorator.ts';
import { Clock } from '../clock/clock.service.ts';
import { FaultPlan } from '../faults/fault-plan.service.ts';
import { isCallFault } from '../faults/fault.policy.ts';
import type { NewFaults } from '../faults/fault.schema.ts';
import type { Fault } from '../faults/fault.types.ts';
import { CallStriker } from '../faults/strike-call.service.ts';
import { JournalRepository } from '../journal/journal.repository.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { DEFAULT_TENANT_ID } from '../tenants/default-tenant.policy.ts';

/** A fault names an operation that is none: it would never strike. */
export interface UnknownOperation {
  readonly unknownOperation: string;
}

/** Sets faults: from the answer on they strike. */
@Injectable()
export class SetFaultsHandler {
  constructor(
    private readonly plan: FaultPlan,
    private readonly striker: CallStriker,
    private readonly store: SandboxStore,
    private readonly journal: JournalRepository,
    private readonly clock: Clock,
  ) {}

  async handle(definitions: NewFaults): Promise<readonly Fault[] | UnknownOperation> {
    const known = new Set(operationNames());
    const named = definitions.filter(isCallFault).flatMap(({ operations }) => operations ?? []);
    const unknown = named.find((name) => !known.has(name));
    if (unknown !== undefined) return { unknownOperation: unknown };
    const set = await this.plan.add(definitions, this.clock.nowMicros());
    await this.store.transaction(() => {
      for (const fault of set) this.changeAtOnce(fault);
    });
    return set;
  }

  /** An attempt that is named expires, or stops being the current one, now and not only at the next call. */
  private changeAtOnce({ id, definition }: Fault): void {
    if (definition.kind !== 'EXPIRE' && definition.kind !== 'NOT_CURRENT') return;
    const { attemptId, rate, operations } = definition;
    if (rate !== undefined || operations !== undefined) return;
    const name = this.striker.prepare(definition, attemptId, DEFAULT_TENANT_ID);
    if (name === undefined) return;
    this.journal.append({ kind: 'EFFECT', name, attemptId, facts: { fault: definition.kind, faultId: id } });
  }
}
