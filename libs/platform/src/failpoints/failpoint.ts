import { writeSync } from 'node:fs';

import { FAILPOINTS, type FailpointName } from './failpoint-names.ts';

/** What a dying process writes to standard error, followed by the point's name: a kill without it proves nothing. */
export const FAILPOINT_REACHED = 'failpoint reached: ';

const STDERR = 2;
const SETTING = /^(?<name>[a-z0-9.-]+)(?:@(?<times>[1-9]\d{0,8}))?$/;

/** Visits that are left until the process dies, by point; undefined in every process that is not under test. */
let armed: Map<FailpointName, number> | undefined;

/**
 * Marks a point between two side effects. Does nothing, unless `TOLLGATE_FAILPOINTS` names the point: then the process
 * kills itself here (SIGKILL), on the first visit or on the one that the setting counts to.
 */
export function failpoint(name: FailpointName): void {
  if (armed !== undefined) {
    visit(armed, name);
  }
}

/**
 * Arms the points of a setting: names, each with `@N` to die on the Nth visit, separated by commas.
 * @throws RangeError naming what is not a point
 */
export function armFailpoints(setting: string): void {
  armed = parseFailpoints(setting);
}

/** @throws RangeError naming what is not a point */
export function parseFailpoints(setting: string): Map<FailpointName, number> {
  return new Map(
    setting.split(',').map((part) => {
      const { name = '', times = '1' } = SETTING.exec(part.trim())?.groups ?? {};
      if (!Object.hasOwn(FAILPOINTS, name)) {
        throw new RangeError(`"${part.trim()}" is not a failpoint; there are ${Object.keys(FAILPOINTS).join(', ')}`);
      }
      return [name as FailpointName, Number(times)] as const;
    }),
  );
}

function visit(points: Map<FailpointName, number>, name: FailpointName): void {
  const left = points.get(name);
  if (left === undefined) {
    return;
  }
  points.set(name, left - 1);
  if (left === 1) {
    // Synchronously: nothing that this process has begun may still happen.
    writeSync(STDERR, `${FAILPOINT_REACHED}${name}\n`);
    process.kill(process.pid, 'SIGKILL');
  }
}
