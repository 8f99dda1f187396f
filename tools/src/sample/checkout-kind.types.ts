import type { OutcomeKind } from '@tollgate/contracts';

import type { FollowUp } from './follow-up.types.ts';

/** One kind of checkout: how it is made at the emulator, and how it is meant to end. */
export interface CheckoutKind {
  /** What a person reads in the table. */
  title: string;
  outcome: OutcomeKind;
  /** Status of the payment in the end; absent where none may exist. */
  paymentStatus?: string;
  /** Fields of the emulator's `POST /_sandbox/attempts` that make it this kind. */
  play: {
    cardNumber?: string;
    ttlSeconds?: number;
    webhook?: { delayMs?: number; duplicates?: number };
  };
  /** How often the shop's server posts it; a reloaded page fires the SDK's event again. */
  posts: 1 | 2;
  /** What the shop then does with the payment. */
  followUps?: readonly FollowUp[];
  /** Shown to a person: what the sample's reviewer does, in the ten seconds that such a checkout gives them. */
  review?: 'approved' | 'rejected' | 'left';
  /** Over every currency's limit in the shipped rule set. */
  overLimit?: true;
  /** So large that refunding half of it is above a local installation's limit for refunds. */
  large?: true;
  /** How many of a hundred checkouts are of this kind. */
  share: number;
}

/** Test cards of Primer's sandbox. https://primer.io/docs/payments/testing */
const CARDS = { authorises: '4111111111111111', declines: '4000000000000002', fails: '4000000000000010' };

/** What the shipped rules leave to a person. */
const REVIEWED_KINDS: readonly CheckoutKind[] = [
  {
    title: 'reviewed, approved in time',
    outcome: 'APPROVED',
    paymentStatus: 'AUTHORIZED',
    play: { cardNumber: CARDS.authorises },
    posts: 1,
    review: 'approved',
    share: 3,
  },
  { title: 'reviewed, rejected', outcome: 'ABORTED', play: {}, posts: 1, review: 'rejected', share: 1 },
  { title: 'reviewed by nobody in time', outcome: 'ABORTED', play: {}, posts: 1, review: 'left', share: 1 },
];

/** A refund that waits for a second person, and what they say. */
function largeRefund(title: string, secondPerson: 'approved' | 'rejected', share: number): CheckoutKind {
  return {
    title,
    outcome: 'APPROVED',
    paymentStatus: 'SETTLING',
    play: { cardNumber: CARDS.authorises },
    posts: 1,
    followUps: [
      { command: 'capture', part: 'all' },
      { command: 'refund', part: 'half', secondPerson },
    ],
    large: true,
    share,
  };
}

export const CHECKOUT_KINDS: readonly CheckoutKind[] = [
  {
    title: 'approved and authorised',
    outcome: 'APPROVED',
    paymentStatus: 'AUTHORIZED',
    play: { cardNumber: CARDS.authorises },
    posts: 1,
    share: 9,
  },
  {
    title: 'captured',
    outcome: 'APPROVED',
    paymentStatus: 'SETTLING',
    play: { cardNumber: CARDS.authorises },
    posts: 1,
    followUps: [{ command: 'capture', part: 'all' }],
    share: 10,
  },
  {
    title: 'captured by half, the rest released',
    outcome: 'APPROVED',
    paymentStatus: 'SETTLING',
    play: { cardNumber: CARDS.authorises },
    posts: 1,
    followUps: [{ command: 'capture', part: 'half' }],
    share: 6,
  },
  {
    title: 'captured, half of it refunded',
    outcome: 'APPROVED',
    paymentStatus: 'SETTLING',
    play: { cardNumber: CARDS.authorises },
    posts: 1,
    followUps: [
      { command: 'capture', part: 'all' },
      { command: 'refund', part: 'half' },
    ],
    share: 8,
  },
  {
    title: 'cancelled',
    outcome: 'APPROVED',
    paymentStatus: 'CANCELLED',
    play: { cardNumber: CARDS.authorises },
    posts: 1,
    followUps: [{ command: 'cancel', part: 'all' }],
    share: 8,
  },
  {
    title: 'approved, declined by the issuer',
    outcome: 'APPROVED',
    paymentStatus: 'DECLINED',
    play: { cardNumber: CARDS.declines },
    posts: 1,
    share: 9,
  },
  {
    title: 'approved, failed at the processor',
    outcome: 'APPROVED',
    paymentStatus: 'FAILED',
    play: { cardNumber: CARDS.fails },
    posts: 1,
    share: 8,
  },
  { title: 'aborted by a rule', outcome: 'ABORTED', play: {}, posts: 1, overLimit: true, share: 9 },
  ...REVIEWED_KINDS,
  largeRefund('large refund, approved by a second person', 'approved', 2),
  largeRefund('large refund, rejected by a second person', 'rejected', 1),
  {
    title: 'posted twice (page reloaded)',
    outcome: 'APPROVED',
    paymentStatus: 'AUTHORIZED',
    play: { cardNumber: CARDS.authorises },
    posts: 2,
    share: 9,
  },
  { title: 'expired at Primer', outcome: 'EXPIRED', play: { ttlSeconds: 0 }, posts: 1, share: 6 },
  {
    title: 'webhook late',
    outcome: 'APPROVED',
    paymentStatus: 'AUTHORIZED',
    play: { cardNumber: CARDS.authorises, webhook: { delayMs: 3_000 } },
    posts: 1,
    share: 5,
  },
  {
    title: 'webhook delivered three times',
    outcome: 'APPROVED',
    paymentStatus: 'AUTHORIZED',
    play: { cardNumber: CARDS.authorises, webhook: { duplicates: 2 } },
    posts: 1,
    share: 5,
  },
];
