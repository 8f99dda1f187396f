import pg from 'pg';

import { createTables } from '../ceiling/tables.sql.ts';
import type { ColumnPlace, RunningColumn } from './column.types.ts';
import { startComparison } from './comparison-column.ts';

/** Hand-written, without a framework: the product's durable steps and nothing else. */
export function startCeiling(place: ColumnPlace): Promise<RunningColumn> {
  return startComparison(
    {
      folder: 'ceiling',
      prepare: async (databaseUrl) => {
        const client = new pg.Client({ connectionString: databaseUrl });
        await client.connect();
        await client.query(createTables);
        await client.end();
      },
    },
    place,
  );
}
