/** What is compared, by the way it is built. */
export const COLUMNS = ['tutorial', 'ceiling', 'tollgate'] as const;
export type ColumnName = (typeof COLUMNS)[number];

/** Where a column runs: a database and topics of its own, on the PostgreSQL and the broker that all share. */
export interface ColumnPlace {
  /** The administrator's connection to the round's own database. */
  readonly databaseUrl: string;
  readonly brokers: string;
  /** First part of every topic's name. */
  readonly topicPrefix: string;
  /** The stub provider's address. */
  readonly providerUrl: string;
  /** A folder for logs and whatever else it keeps between rounds. */
  readonly folder: string;
  /** Write CPU profiles of every service there when it stops. */
  readonly cpuProfileDir?: string;
}

/** A column's services, running and ready. Their entries are in `ledger.journal_entries`, with a rising `entry_id`. */
export interface RunningColumn {
  /** Takes `POST` of a checkout and answers 200 when its outcome is known. */
  readonly attemptsUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  /** Process ids by service. */
  readonly processes: Readonly<Record<string, number>>;
  /** Stops every service cleanly. */
  stop(): Promise<void>;
}

/** Starts a column's services on a place and resolves when they are ready. */
export type StartColumn = (place: ColumnPlace) => Promise<RunningColumn>;
