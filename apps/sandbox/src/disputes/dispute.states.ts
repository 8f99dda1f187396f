/** Kinds of dispute events, as the provider's DISPUTE.STATUS names them. */
export const DISPUTE_TYPES = ['RETRIEVAL', 'DISPUTE', 'PREARBITRATION'] as const;
export type DisputeType = (typeof DISPUTE_TYPES)[number];

export const DISPUTE_STATUSES = ['OPEN', 'ACCEPTED', 'CHALLENGED', 'EXPIRED', 'CANCELLED', 'WON', 'LOST'] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

/**
 * The legal moves of one stage of a dispute; the documents list the statuses and no graph. A lost or won dispute may go
 * on as another stage (PREARBITRATION), which opens anew.
 */
export const DISPUTE_TRANSITIONS: Readonly<Record<DisputeStatus, readonly DisputeStatus[]>> = {
  OPEN: ['ACCEPTED', 'CHALLENGED', 'EXPIRED', 'CANCELLED', 'WON', 'LOST'],
  CHALLENGED: ['ACCEPTED', 'CANCELLED', 'WON', 'LOST'],
  ACCEPTED: [],
  EXPIRED: [],
  CANCELLED: [],
  WON: [],
  LOST: [],
};
