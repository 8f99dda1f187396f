import type { EventDefinition, KnownError } from '@tollgate/contracts';

/** Where a record was read. */
export interface RecordOrigin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** The broker's timestamp (`attempts` uses LogAppendTime); of a re-driven record, when it came first. */
  readonly brokerTimestamp: Date;
  /** The same as far as the inbox has a partition for it: elsewhere a producer may have set any time. */
  readonly inboxTime: Date;
}

/** One event as a handler sees it: validated, and new to this consumer. */
export interface ReceivedEvent<Data> {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  /** `ce_time`: when the producer made it. */
  readonly time: Date;
  readonly key: string;
  readonly data: Data;
  readonly traceparent?: string;
  /** The first receipt of an event that its producer published straight to the topic. */
  readonly brokerTimestamp: Date;
}

/** A record with its raw bytes, as needed to dead-letter it unchanged. */
export interface RawRecord {
  readonly origin: RecordOrigin;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the inbox tells events apart by. */
export interface InboxKey {
  readonly source: string;
  readonly id: string;
  readonly time: Date;
  /** SHA-256 over type and value, cut to 16 bytes: tells a duplicate from a conflict. */
  readonly digest: Buffer;
}

/** A record after parsing: either an event of a known definition, or poison with its reason. */
export interface ParsedRecord {
  readonly raw: RawRecord;
  readonly bytes: number;
  /** The event's own key, or one made of its origin where it has none that can be trusted. */
  readonly inboxKey: InboxKey;
  /** Older than the inbox reaches, and taken all the same because its handler has a natural key. */
  readonly beyondInbox?: true;
  /** Set by a re-drive: the id of the dead letter it was. */
  readonly redriveOf?: string;
  /** The consumer whose dead letter it was; absent: whoever has one. */
  readonly redriveFor?: string;
  readonly event?: ReceivedEvent<unknown>;
  readonly definition?: EventDefinition;
  readonly poison?: KnownError;
}
