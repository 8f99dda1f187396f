import { Injectable } from '@nestjs/common';
import { Database } from '@tollgate/persistence';
import { Log, Metrics } from '@tollgate/platform';
import { INCIDENT_KINDS } from '../actions/action.types.ts';
import { countOpenIncidents } from './close-incidents.sql.ts';

interface OpenRow {
  kind: string;
  open: bigint;
  oldest_seconds: number;
}

/** What waits for a person, read when the metrics are: how many incidents are open, and since when. */
@Injectable()
export class OpenIncidentsMetrics {
  constructor(
    private readonly database: Database,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    const read = () => this.#read();
    metrics.gauge({
      name: 'gateway_incidents_open',
      help: 'Open incidents of each kind',
      labelNames: ['kind'],
      async collect() {
        (await read()).forEach((row, kind) => this.set({ kind }, Number(row?.open ?? 0n)));
      },
    });
    metrics.gauge({
      name: 'gateway_incidents_oldest_seconds',
      help: 'Age of the oldest open incident of each kind, 0 where none is open',
      labelNames: ['kind'],
      async collect() {
        (await read()).forEach((row, kind) => this.set({ kind }, row?.oldest_seconds ?? 0));
      },
    });
  }

  /** By kind, those without an open incident too; empty while the database is away: the gauges keep their values. */
  async #read(): Promise<ReadonlyMap<string, OpenRow | undefined>> {
    try {
      const rows = await this.database.query<OpenRow>(countOpenIncidents);
      return new Map([
        ...INCIDENT_KINDS.map((kind) => [kind, undefined] as const),
        ...rows.map((row) => [row.kind, row] as const),
      ]);
    } catch (error) {
      this.log.warn('Open incidents could not be counted', { error });
      return new Map();
    }
  }
}
