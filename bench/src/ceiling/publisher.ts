import type { Producer } from 'kafkajs';
import pg from 'pg';

import type { OutboxRow } from './outbox-row.types.ts';

const SEND_MAX = 1_000;
/** Published rows are deleted together, off the hot path. */
const DELETE_AFTER_MS = 50;

/** Publishes committed rows from memory and deletes them; commits that come during a send share the next one. */
export class Publisher {
  private waiting: OutboxRow[] = [];
  private published: string[] = [];
  private sending: Promise<void> | undefined;
  private deleteTimer: NodeJS.Timeout | undefined;
  private readonly pool: pg.Pool;

  constructor(
    private readonly producer: Producer,
    connection: { connectionString: string; options: string },
  ) {
    // A lost delete publishes once more, which every inbox absorbs: nobody waits for the disk.
    this.pool = new pg.Pool({ ...connection, options: `${connection.options} -c synchronous_commit=off`, max: 1 });
  }

  publish(rows: readonly OutboxRow[]): void {
    if (rows.length === 0) return;
    this.waiting.push(...rows);
    this.sending ??= this.sendWaiting().finally(() => (this.sending = undefined));
  }

  async close(): Promise<void> {
    await this.sending;
    clearTimeout(this.deleteTimer);
    await this.deletePublished();
    await this.pool.end();
  }

  private async sendWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const rows = this.waiting.splice(0, SEND_MAX);
      const topicMessages = [...Map.groupBy(rows, (row) => row.topic)].map(([topic, ofTopic]) => ({
        topic,
        messages: ofTopic.map(({ id, key, value }) => ({ key, value, headers: { id } })),
      }));
      await this.producer.sendBatch({ acks: -1, topicMessages });
      this.published.push(...rows.map((row) => row.id));
      this.deleteTimer ??= setTimeout(() => {
        this.deleteTimer = undefined;
        void this.deletePublished();
      }, DELETE_AFTER_MS);
    }
  }

  private async deletePublished(): Promise<void> {
    const ids = this.published.splice(0);
    const text = 'DELETE FROM outbox WHERE id = ANY($1::uuid[])';
    if (ids.length > 0) await this.pool.query({ name: 'delete-outbox', text, values: [ids] });
  }
}
