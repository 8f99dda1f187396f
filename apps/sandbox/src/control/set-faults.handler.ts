import { Injectable } from '@nestjs/common';
import { operationNames } from '../api/operation-name.decorator.ts';
import { Clock } from '../clock/clock.service.ts';
import { FaultPlan } from '../faults/fault-plan.service.ts';
import { isCallFault } from '../faults/fault.policy.ts';
import type { NewFaults } from '../faults/fault.schema.ts';
import type { Fault } from '../faults/fault.types.ts';

/** A fault names an operation that is none: it would never strike. */
export interface UnknownOperation {
  readonly unknownOperation: string;
}

/** Sets faults: from the answer on they strike. */
@Injectable()
export class SetFaultsHandler {
  constructor(
    private readonly plan: FaultPlan,
    private readonly clock: Clock,
  ) {}

  async handle(definitions: NewFaults): Promise<readonly Fault[] | UnknownOperation> {
    const known = new Set(operationNames());
    const named = definitions.filter(isCallFault).flatMap(({ operations }) => operations ?? []);
    const unknown = named.find((name) => !known.has(name));
    if (unknown !== undefined) return { unknownOperation: unknown };
    return this.plan.add(definitions, this.clock.nowMicros());
  }
}
