import type { CommandedPayment, CommandReason, HoldReason, PaymentCommand, PaymentSnapshot } from '@tollgate/contracts';
import type { IncidentKind } from '../actions/action.types.ts';
import type { RefusedRead } from '../incidents/key-incident.policy.ts';
import type { CommandState } from './command.states.ts';

type WithoutToken<Kind> = Kind extends { kind: 'create' } ? Omit<Kind, 'sealedToken'> : Kind;

/** What is asked for; the token of a create lies apart. */
export type CommandRequest = WithoutToken<PaymentCommand>;
export type CommandRequestOf<Kind extends CommandRequest['kind']> = Extract<CommandRequest, { kind: Kind }>;

/** What names a command. */
export interface CommandKey {
  readonly merchantId: string;
  readonly commandId: string;
}

/** A payment as it was before the first call: what came since may be the call's effect. */
export interface PaymentMark {
  readonly status: string;
  readonly capturedMinor: string;
  readonly refundedMinor: string;
  /** One text for each capture event; empty also where Primer shows none. */
  readonly captures: readonly string[];
  /** Refund transactions by id. */
  readonly refunds: readonly string[];
}

/** What the end will be should no effect ever show. */
export interface PendingRefusal {
  readonly reason: CommandReason;
  readonly providerErrorId: string | null;
}

/** Whose payment a command is about, as far as that is known. Whoever gets the money back does not approve it. */
export interface Customer {
  /** The shop's id of them. */
  readonly id?: string;
  /** Keyed hash of their e-mail address. */
  readonly emailHash?: string;
}

/** What waits for a second person, as it was put to them. */
export interface Hold {
  readonly reason: HoldReason;
  /** The limit that it is above. */
  readonly limit: { readonly amountMinorMax?: string; readonly perHourMax?: number };
  /** What is asked of Primer once it is approved, and nothing else. */
  readonly amountMinor: string;
  readonly currency: string | null;
  readonly final: boolean | null;
  /** Absent where nothing is known of them. */
  readonly customer?: Customer;
  /** SHA-256 over what waits, in hex. */
  readonly digest: string;
  readonly heldAt: string;
  readonly decideBy: string;
}

/** The last word on what waits. */
export type Verdict = 'approved' | 'rejected' | 'cancelled' | 'expired';

/** Who said what about a hold. */
export interface HoldVerdict {
  readonly verdict: Verdict;
  /** Null where nobody said anything in time. */
  readonly approvalId: string | null;
  readonly actor: string;
  readonly at: string;
}

/** One payment command: everything that decides what happens next. */
export interface Command extends CommandKey {
  readonly request: CommandRequest;
  /** The payment that it is about; of a create, once it is known. */
  readonly paymentId: string | null;
  /** Of a create, until its end. */
  readonly sealedToken: string | null;
  /** Who asked for it, and may not approve it. */
  readonly requester: string;
  readonly requestedAt: Date;
  readonly traceparent: string | null;
  readonly state: CommandState;
  /** Grows with each lease; a result is recorded only under the fence number it was leased with. */
  readonly fence: number;
  /** Calls that may have arrived, the one under way included. */
  readonly calls: number;
  /** Tries in a row that brought nothing: makes pauses grow. */
  readonly tries: number;
  /** What Primer is asked for outright; set before the first call and never changed. */
  readonly amountMinor: string | null;
  readonly currency: string | null;
  readonly final: boolean | null;
  readonly before: PaymentMark | null;
  /** Primer has said that it knows this command's id. */
  readonly arrived: boolean;
  readonly refusal: PendingRefusal | null;
  readonly firstCalledAt: Date | null;
  readonly lastCalledAt: Date | null;
  readonly unknownSince: Date | null;
  /** Set once it is above the merchant's limits, and kept. */
  readonly hold: Hold | null;
  readonly holdVerdict: HoldVerdict | null;
  /** The payment as it was last shown. */
  readonly payment: CommandedPayment | null;
  readonly reason: CommandReason | null;
  readonly providerErrorId: string | null;
  readonly concludedAt: Date | null;
  /** When somebody should go on with it, unless a lease is running. */
  readonly dueAt: Date;
  /** What Primer's last answer was, for operators. */
  readonly lastAnswer: string | null;
}

/** Lengths that the policies work with. Milliseconds. */
export interface CommandSettings {
  /** First pause before another try; it doubles with each one. */
  readonly retryPauseMs: number;
  readonly retryPauseMsMax: number;
  /** While a merchant's key is refused: how often it is tried again. */
  readonly keyPauseMs: number;
  /** After a lost call whose effect does not show: when it is sent once more, under the same idempotency key. */
  readonly repeatAfterMs: number;
  /** From the last call: when an effect that does not show is none. Above Primer's own limit of 90 s for a call, and the minute that its list may lag. */
  readonly noEffectAfterMs: number;
  /** An unknown outcome older than this is an operator's, and so is a command that could not be sent for so long. */
  readonly unknownTooLongMs: number;
}

/** How long a command waits for a second person. Milliseconds. */
export interface HoldSettings {
  readonly holdMs: number;
  /** Of a create: its token may be a one-time one, which lives 15 minutes (Primer's documents). */
  readonly createHoldMs: number;
  /** After that time: how long word of a decision that was made in time may take to come. */
  readonly verdictGraceMs: number;
}

/** A command after a step, with what must be written beside it in the same transaction. */
export interface SettledCommand {
  readonly command: Command;
  readonly incidents: readonly IncidentKind[];
  /** What became of the merchant's key: refused, shown to work, or nothing learnt. */
  readonly key: 'refused' | 'works' | 'not-asked';
}

/** What a call to Primer came to, in the words of the tables. */
export type CommandCall =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly understood: boolean;
      readonly errorId?: string;
      readonly paymentId?: string;
      readonly payment?: PaymentSnapshot;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string; readonly status?: number; readonly retryAfterMs?: number };

/** What reading the payment came to. */
export type PaymentSight =
  /** With the keyed hash of its customer's e-mail address, where Primer shows one. */
  | { readonly kind: 'found'; readonly payment: PaymentSnapshot; readonly emailHash?: string }
  /** Primer does not know it, or not as this merchant's. */
  | { readonly kind: 'missing' }
  /** A payment that a create may have made is listed or was reported, and cannot be read. */
  | { readonly kind: 'unreadable' }
  /** More than one payment may be the one that a create has made. */
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'unavailable'; readonly retryAfterMs?: number }
  | RefusedRead;
