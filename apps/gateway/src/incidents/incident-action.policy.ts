import type { SafeAction } from '@tollgate/contracts';
import { INCIDENT_KINDS, type IncidentKind } from '../actions/action.types.ts';

interface Handling {
  /** The one thing that may safely be done, whoever does it and how often. */
  readonly action: SafeAction['kind'];
  /** Over by itself once the attempt has its outcome, or the command its end. */
  readonly settlesItself: boolean;
}

const onceLookedInto: Handling = { action: 'close', settlesItself: false };
const untilKnown: Handling = { action: 'look-again', settlesItself: true };
const paidUnwanted: Handling = { action: 'cancel-payment', settlesItself: false };

/** What is done about each kind of incident. */
export const INCIDENT_HANDLING: Readonly<Record<IncidentKind, Handling>> = {
  FOREIGN_APPROVE: onceLookedInto,
  PAID_AGAINST_ABORT: paidUnwanted,
  APPROVED_OTHER_THAN_DECIDED: paidUnwanted,
  WRONG_KEY_OR_TENANT: onceLookedInto,
  KEY_REFUSED: onceLookedInto,
  SESSIONS_NOT_MANUAL: onceLookedInto,
  REQUEST_REFUSED: onceLookedInto,
  ANSWER_NOT_UNDERSTOOD: onceLookedInto,
  PAYMENT_AMBIGUOUS: untilKnown,
  PAYMENT_ID_MISSING: onceLookedInto,
  UNKNOWN_TOO_LONG: untilKnown,
  FOREIGN_COMMAND: onceLookedInto,
  COMMAND_WITHOUT_EFFECT: untilKnown,
  COMMAND_UNKNOWN_TOO_LONG: untilKnown,
};

/** Kinds that concern all calls of a merchant: one row for the merchant, whichever attempt or command met them first. */
const OF_THE_MERCHANT: ReadonlySet<IncidentKind> = new Set(['KEY_REFUSED']);

export function isOfTheMerchant(kind: IncidentKind): boolean {
  return OF_THE_MERCHANT.has(kind);
}

/** Kinds that are closed by the outcome of their attempt. */
export const SELF_SETTLING_KINDS: readonly IncidentKind[] = INCIDENT_KINDS.filter(
  (kind) => INCIDENT_HANDLING[kind].settlesItself,
);

/** Kinds that are about a payment that should not be there. */
export const UNWANTED_PAYMENT_KINDS: readonly IncidentKind[] = INCIDENT_KINDS.filter(
  (kind) => INCIDENT_HANDLING[kind].action === 'cancel-payment',
);

/** What an incident is about, as far as it says what to do. */
export interface IncidentAbout {
  readonly id: string;
  readonly kind: string;
  readonly merchantId: string;
  readonly attemptId: string | null;
  /** Of an incident about a payment command. */
  readonly commandId: string | null;
}

/** How to do what may safely be done about an incident; null for a kind of a newer version. */
export function toSafeAction(incident: IncidentAbout): SafeAction | null {
  const handling = (INCIDENT_HANDLING as Readonly<Record<string, Handling | undefined>>)[incident.kind];
  if (handling === undefined) {
    return null;
  }
  const path =
    handling.action === 'look-again' ? toLookAgainPath(incident) : `/v1/incidents/${incident.id}/${handling.action}`;
  return { kind: handling.action, method: 'POST', path };
}

function toLookAgainPath({ merchantId, attemptId, commandId }: IncidentAbout): string {
  return commandId === null
    ? `/v1/actions/${attemptId}/look-again`
    : `/v1/payment-commands/${encodeURIComponent(commandId)}/look-again?merchantId=${encodeURIComponent(merchantId)}`;
}
