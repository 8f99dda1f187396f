import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@tollgate/persistence';
import { deleteStop, insertStop, listStops, wakeApproves } from './kill-switch.sql.ts';

/** One stop that is on. */
export interface Stop {
  /** Null for all merchants. */
  readonly merchantId: string | null;
  readonly stoppedAt: Date;
  readonly by: string;
  readonly note: string;
}

interface StopRow {
  merchant_id: string;
  stopped_at: Date;
  stopped_by: string;
  note: string;
}

/** How the table names all merchants. */
const ALL = '';

/** The table `kill_switch`. */
@Injectable()
export class KillSwitchRepository {
  constructor(private readonly database: Database) {}

  /** @param tx the transaction of whoever holds one: a second connection may be long in coming */
  async list(tx?: Pick<Transaction, 'query'>): Promise<Stop[]> {
    const rows = await (tx ?? this.database).query<StopRow>(listStops);
    return rows.map((row) => ({
      merchantId: row.merchant_id === ALL ? null : row.merchant_id,
      stoppedAt: row.stopped_at,
      by: row.stopped_by,
      note: row.note,
    }));
  }

  /** False if it was on already. */
  async turnOn(tx: Transaction, { merchantId, by, note }: Omit<Stop, 'stoppedAt'>): Promise<boolean> {
    return (await tx.query(insertStop, [merchantId ?? ALL, by, note])).length > 0;
  }

  /** False if it was off already. What waited for its end is due at once. */
  async turnOff(tx: Transaction, merchantId: string | null): Promise<boolean> {
    const [deleted] = await Promise.all([
      tx.query(deleteStop, [merchantId ?? ALL]),
      tx.query(wakeApproves, [merchantId ?? ALL]),
    ]);
    return deleted.length > 0;
  }
}
