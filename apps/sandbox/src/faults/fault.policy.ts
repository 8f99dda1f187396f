import type { FaultDefinition } from './fault.schema.ts';
import type { CallSubject, Fault } from './fault.types.ts';

/** How often a fault strikes before it is over. */
export function strikesMax(definition: FaultDefinition): number {
  return definition.times ?? (namesTarget(definition) && definition.rate === undefined ? 1 : Infinity);
}

/** Whether a fault still strikes. */
export function isLive(fault: Fault): boolean {
  return fault.strikes < strikesMax(fault.definition);
}

/** Whether a fault is about one attempt, payment or order. */
export function namesTarget(definition: FaultDefinition): boolean {
  return definition.attemptId !== undefined || definition.paymentId !== undefined || definition.orderId !== undefined;
}

/** Whether a fault may strike a call, rate and number of strikes aside. */
export function matchesCall(definition: FaultDefinition, subject: CallSubject): boolean {
  const needsAttempt = definition.kind === 'EXPIRE' || definition.kind === 'NOT_CURRENT';
  return (
    (definition.operations?.includes(subject.operation) ?? true) &&
    (definition.attemptId ?? subject.attemptId) === subject.attemptId &&
    (definition.paymentId ?? subject.paymentId) === subject.paymentId &&
    (definition.orderId ?? subject.orderId) === subject.orderId &&
    (!needsAttempt || subject.attemptId !== undefined)
  );
}

/**
 * Draws a number in [0, 1): the same for the same three numbers, without visible pattern between neighbours (the mixing
 * steps are those of MurmurHash3's finaliser, A. Appleby).
 */
export function drawFraction(seed: number, salt: number, draw: number): number {
  let mixed = mix(seed >>> 0);
  mixed = mix(mixed ^ Math.imul(salt + 1, 0x9e3779b1));
  mixed = mix(mixed ^ Math.imul(draw + 1, 0x85ebca77));
  return mixed / 2 ** 32;
}

function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** Whether a fault that may strike does: what it draws for that, and where it stands afterwards. */
export function drawStrike(fault: Fault, seedOfEmulator: number): { readonly fault: Fault; readonly strikes: boolean } {
  const { rate, seed } = fault.definition;
  if (rate === undefined) return { fault: { ...fault, strikes: fault.strikes + 1 }, strikes: true };
  const strikes = drawFraction(seed ?? seedOfEmulator, fault.salt, fault.draws) < rate;
  return { fault: { ...fault, draws: fault.draws + 1, strikes: fault.strikes + Number(strikes) }, strikes };
}
