import type { CallFault, FaultDefinition, WebhookFault } from './fault.schema.ts';
import { DEFAULT_TENANT_ID } from '../tenants/default-tenant.policy.ts';
import type { CallSubject, Fault, FaultSubject, StrikingFault, WebhookSubject } from './fault.types.ts';

/** How often a fault strikes before it is over. */
export function strikesMax(definition: FaultDefinition): number {
  if (definition.kind === 'LIST_LAG') return Infinity;
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

/** Whether a fault is of those that strike calls. */
export function isCallFault(definition: FaultDefinition): definition is CallFault {
  return definition.kind !== 'LIST_LAG' && !definition.kind.startsWith('WEBHOOK_');
}

/** Faults of the processor strike only the calls that are sent on to it. */
const OPERATIONS_BY_KIND: Partial<Record<CallFault['kind'], readonly string[]>> = {
  PROCESSOR_REFUSES: ['capture_payment', 'cancel_payment', 'refund_payment', 'adjust_authorization'],
  REFUND_UNDER_WAY: ['refund_payment'],
};

/** Whether a fault may strike a call, rate and number of strikes aside. */
export function matchesCall(definition: CallFault, subject: CallSubject): boolean {
  const needsAttempt = definition.kind === 'EXPIRE' || definition.kind === 'NOT_CURRENT';
  return (
    (definition.operations?.includes(subject.operation) ?? true) &&
    (OPERATIONS_BY_KIND[definition.kind]?.includes(subject.operation) ?? true) &&
    matchesTarget(definition, subject) &&
    (!needsAttempt || subject.attemptId !== undefined)
  );
}

/** Whether a fault may strike a webhook, rate and number of strikes aside. */
export function matchesWebhook(definition: WebhookFault, subject: WebhookSubject): boolean {
  return (definition.eventTypes?.includes(subject.eventType) ?? true) && matchesTarget(definition, subject);
}

/**
 * Whether a fault that may name an attempt, a payment or an order names these or none. Faults are set for the tenant that
 * the control API acts for: what they name is that tenant's.
 */
export function matchesTarget(definition: FaultDefinition, target: FaultSubject): boolean {
  return (
    (!namesTarget(definition) || target.tenantId === DEFAULT_TENANT_ID) &&
    (definition.attemptId ?? target.attemptId) === target.attemptId &&
    (definition.paymentId ?? target.paymentId) === target.paymentId &&
    (definition.orderId ?? target.orderId) === target.orderId
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
export function drawStrike<Definition extends StrikingFault>(
  fault: Fault<Definition>,
  seedOfEmulator: number,
): { readonly fault: Fault<Definition>; readonly strikes: boolean } {
  const { rate, seed } = fault.definition;
  if (rate === undefined) return { fault: { ...fault, strikes: fault.strikes + 1 }, strikes: true };
  const strikes = drawFraction(seed ?? seedOfEmulator, fault.salt, fault.draws) < rate;
  return { fault: { ...fault, draws: fault.draws + 1, strikes: fault.strikes + Number(strikes) }, strikes };
}
