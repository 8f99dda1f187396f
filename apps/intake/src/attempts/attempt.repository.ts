import { Injectable } from '@nestjs/common';
import type { AttemptStatus, TimelineEntry } from '@tollgate/contracts';
import { Database, type Transaction } from '@tollgate/persistence';
import { type AttemptFacts, statusOf } from './attempt.states.ts';
import type { Attempt, AttemptKey, NewAttempt, TimelineRecord } from './attempt.types.ts';
import { completeAttempts, insertAttempts } from './sql/insert-attempts.sql.ts';
import { lockClientSessions } from './sql/lock-client-sessions.sql.ts';
import { lockSupersededAttempts } from './sql/lock-superseded-attempts.sql.ts';
import {
  lockAttempts,
  selectAttempts,
  selectAttemptsAndClock,
  selectAttemptsById,
  selectClock,
  selectTimeline,
} from './sql/select-attempts.sql.ts';
import { insertTimeline, recordSightings, updateFacts } from './sql/update-attempts.sql.ts';

/** An attempt as PostgreSQL returns it. */
export interface AttemptRow {
  readonly merchant_id: string;
  readonly attempt_id: string;
  readonly client_session_id: string;
  readonly instrument: string | null;
  readonly analytics_id: string | null;
  readonly order_id: string;
  readonly amount_minor: string;
  readonly currency: string;
  readonly received_at: Date;
  readonly decide_by: Date;
  readonly approve_by: Date;
  readonly expires_at: Date;
  readonly status: AttemptStatus;
  readonly facts: AttemptFacts;
  readonly sightings: number;
}

/** A client session of a merchant. */
export interface ClientSession {
  readonly merchantId: string;
  readonly clientSessionId: string;
}

/** Lines of a timeline that are shown at most. */
const TIMELINE_LINES_MAX = 200;

type Queries = Pick<Transaction, 'query'>;

/** The attempts table. Everything is set-based: one statement for a batch, whatever its size. */
@Injectable()
export class AttemptRepository {
  constructor(private readonly database: Database) {}

  /** Receipts of these sessions take turns until the transaction ends. */
  async lockSessions(tx: Queries, sessions: readonly ClientSession[]): Promise<void> {
    await tx.query(lockClientSessions, sessionColumns(sessions));
  }

  /** The database's clock. Milliseconds. */
  async readClock(tx: Queries): Promise<Date> {
    const [row] = await tx.query<{ now: Date }>(selectClock);
    return row!.now;
  }

  async find(keys: readonly AttemptKey[], tx: Queries = this.database): Promise<Attempt[]> {
    return (await tx.query<AttemptRow>(selectAttempts, keyColumns(keys))).map(toAttempt);
  }

  /** The attempts of these keys that exist, and the database's clock. */
  async findWithClock(tx: Queries, keys: readonly AttemptKey[]): Promise<{ now: Date; attempts: Attempt[] }> {
    const rows = await tx.query<AttemptRow & { now: Date }>(selectAttemptsAndClock, keyColumns(keys));
    return { now: rows[0]!.now, attempts: rows.filter((row) => row.attempt_id !== null).map(toAttempt) };
  }

  /** The attempt of one merchant or, for operators, of whichever merchant named it first. */
  async findById(paymentAttemptId: string, merchantId: string | undefined): Promise<Attempt | undefined> {
    const [row] = await this.database.query<AttemptRow>(selectAttemptsById, [paymentAttemptId, merchantId ?? null]);
    return row === undefined ? undefined : toAttempt(row);
  }

  async lock(tx: Queries, keys: readonly AttemptKey[]): Promise<Attempt[]> {
    return (await tx.query<AttemptRow>(lockAttempts, keyColumns(keys))).map(toAttempt);
  }

  /** Undecided attempts of these sessions that a newer one has replaced. */
  async lockSuperseded(
    tx: Queries,
    sessions: readonly ClientSession[],
  ): Promise<Array<{ attempt: Attempt; supersededBy: string }>> {
    const rows = await tx.query<AttemptRow & { superseded_by: string }>(
      lockSupersededAttempts,
      sessionColumns(sessions),
    );
    return rows.map((row) => ({ attempt: toAttempt(row), supersededBy: row.superseded_by }));
  }

  /** @returns the keys that were not there before */
  async insert(tx: Queries, attempts: readonly NewAttempt[]): Promise<AttemptKey[]> {
    const rows = await tx.query<Pick<AttemptRow, 'merchant_id' | 'attempt_id'>>(insertAttempts, [
      ...keyColumns(attempts),
      attempts.map((attempt) => attempt.clientSessionId),
      attempts.map((attempt) => attempt.instrument ?? null),
      attempts.map((attempt) => attempt.analyticsId ?? null),
      attempts.map((attempt) => attempt.orderId),
      attempts.map((attempt) => attempt.amountMinor),
      attempts.map((attempt) => attempt.currency),
      attempts.map((attempt) => attempt.clocks.receivedAt),
      attempts.map((attempt) => attempt.clocks.decideBy),
      attempts.map((attempt) => attempt.clocks.approveBy),
      attempts.map((attempt) => attempt.clocks.expiresAt),
      attempts.map((attempt) => attempt.customerId ?? null),
    ]);
    return rows.map((row) => ({ merchantId: row.merchant_id, paymentAttemptId: row.attempt_id }));
  }

  async complete(
    tx: Queries,
    attempts: ReadonlyArray<AttemptKey & { instrument: string; analyticsId?: string; customerId?: string }>,
  ): Promise<void> {
    await tx.query(completeAttempts, [
      ...keyColumns(attempts),
      attempts.map((attempt) => attempt.instrument),
      attempts.map((attempt) => attempt.analyticsId ?? null),
      attempts.map((attempt) => attempt.customerId ?? null),
    ]);
  }

  /** Writes facts of locked attempts, and their status with them. */
  async writeFacts(tx: Queries, attempts: ReadonlyArray<AttemptKey & { facts: AttemptFacts }>): Promise<void> {
    await tx.query(updateFacts, [
      ...keyColumns(attempts),
      attempts.map((attempt) => statusOf(attempt.facts)),
      attempts.map((attempt) => JSON.stringify(attempt.facts)),
    ]);
  }

  /** @returns ids of the lines that were not there before */
  async addTimeline(tx: Queries, lines: readonly TimelineRecord[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ entry_id: string }>(insertTimeline, [
      ...keyColumns(lines),
      lines.map((line) => line.entryId),
      lines.map((line) => line.at),
      lines.map((line) => line.event),
      lines.map((line) => JSON.stringify(line.detail)),
    ]);
    return new Set(rows.map((row) => row.entry_id));
  }

  async recordSightings(
    tx: Queries,
    sightings: ReadonlyArray<AttemptKey & { times: number; source: string }>,
  ): Promise<void> {
    await tx.query(recordSightings, [
      ...keyColumns(sightings),
      sightings.map((sighting) => sighting.times),
      sightings.map((sighting) => sighting.source),
    ]);
  }

  async findTimeline({ merchantId, paymentAttemptId }: AttemptKey): Promise<TimelineEntry[]> {
    const rows = await this.database.query<Pick<TimelineEntry, 'event'> & { at: Date; detail: object }>(
      selectTimeline,
      [merchantId, paymentAttemptId, TIMELINE_LINES_MAX],
    );
    return rows.map(({ at, event, detail }) => ({ ...detail, at: at.toISOString(), event }));
  }
}

function keyColumns(keys: readonly AttemptKey[]): [string[], string[]] {
  return [keys.map((key) => key.merchantId), keys.map((key) => key.paymentAttemptId)];
}

function sessionColumns(sessions: readonly ClientSession[]): [string[], string[]] {
  return [sessions.map((session) => session.merchantId), sessions.map((session) => session.clientSessionId)];
}

export function toAttempt(row: AttemptRow): Attempt {
  return {
    merchantId: row.merchant_id,
    paymentAttemptId: row.attempt_id,
    clientSessionId: row.client_session_id,
    ...(row.instrument === null ? {} : { instrument: row.instrument }),
    ...(row.analytics_id === null ? {} : { analyticsId: row.analytics_id }),
    orderId: row.order_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    clocks: {
      receivedAt: row.received_at.toISOString(),
      decideBy: row.decide_by.toISOString(),
      approveBy: row.approve_by.toISOString(),
      expiresAt: row.expires_at.toISOString(),
    },
    status: row.status,
    facts: row.facts,
    sightings: row.sightings,
  };
}
