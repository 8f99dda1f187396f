import pg from 'pg';

import type { ColumnPlace, RunningColumn } from './column.types.ts';
import { startComparison } from './comparison-column.ts';

/** As Nest's documentation teaches it: an event a message, a row a save, an emit after the save. */
export function startTutorial(place: ColumnPlace): Promise<RunningColumn> {
  return startComparison(
    {
      folder: 'tutorial',
      prepare: async (databaseUrl) => {
        const client = new pg.Client({ connectionString: databaseUrl });
        await client.connect();
        await client.query('CREATE SCHEMA intake; CREATE SCHEMA risk; CREATE SCHEMA gateway; CREATE SCHEMA ledger');
        await client.end();
      },
    },
    place,
  );
}
