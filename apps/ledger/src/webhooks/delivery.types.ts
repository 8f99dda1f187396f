/** A webhook or a read as it came in, about to be stored. */
export interface Delivery {
  readonly deliveryId: string;
  readonly merchantId: string;
  readonly origin: 'webhook' | 'read';
  readonly verdict: 'REPORTED' | 'RECORDED' | 'PING' | 'UNCHANGED' | 'NOT_UNDERSTOOD' | 'STALE';
  readonly reason?: string;
  readonly reportedAs?: string;
  readonly paymentId?: string;
  readonly signedAt?: Date;
  readonly receivedAt: Date;
  /** The exact bytes; left out where they say what is known. */
  readonly body?: Buffer;
}
