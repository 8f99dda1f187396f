import { setTimeout as delay } from 'node:timers/promises';

import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';

import type { ColumnPlace } from '../columns/column.types.ts';
import { startTollgate } from '../columns/tollgate.ts';
import { nowMs } from '../machine/monotonic-clock.ts';
import type { Stage } from '../machine/stage.ts';
import type { RelayFigures } from './figures.types.ts';

const COUNT_EVERY_MS = 50;
const PARTITIONS = 12;
/** About as large as the product's own events. Bytes. */
const VALUE_BYTES = 600;

/**
 * Fills intake's outbox as a crash would leave it, starts the product and takes the time until the outbox is empty. The
 * events go to a topic that nobody reads: it is the relay that is measured.
 */
export async function measureRelay(stage: Stage, events: number, interrupted: AbortSignal): Promise<RelayFigures> {
  const place = await stage.openPlace('relay');
  const database = new pg.Client({ connectionString: place.databaseUrl });
  await database.connect();
  try {
    // The first start makes the tables.
    await (await startTollgate(place)).stop();
    await fillOutbox(database, await createTopic(place), events);
    await stage.checkpoint();
    const starting = startTollgate(place);
    try {
      return await awaitDrain(database, events, interrupted);
    } finally {
      await (await starting).stop();
    }
  } finally {
    await database.end();
    await stage.closePlace(place);
  }
}

async function createTopic({ brokers, topicPrefix }: ColumnPlace): Promise<string> {
  const topic = `${topicPrefix}.backlog`;
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.ERROR }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
  await admin.disconnect();
  return topic;
}

async function fillOutbox(database: pg.Client, topic: string, events: number): Promise<void> {
  const headers = JSON.stringify({
    ce_specversion: '1.0',
    ce_id: 'b3c1f6c2-6b0e-5d0f-9b7f-0f6f1d1f2a3b',
    ce_type: 'tollgate.attempt.tokenised.v1',
    ce_source: '/tollgate/intake',
    ce_time: new Date().toISOString(),
    'content-type': 'application/json',
  });
  await database.query(
    `INSERT INTO intake.outbox (id, topic, key, headers, value, available_at)
     SELECT gen_random_uuid(), $1, gen_random_uuid()::text, $2, '{"filler":"' || repeat('x', $3) || '"}', now()
     FROM generate_series(1, $4)`,
    [topic, headers, VALUE_BYTES, events],
  );
}

/** Counted from the last moment at which the whole backlog was still there. */
async function awaitDrain(database: pg.Client, events: number, interrupted: AbortSignal): Promise<RelayFigures> {
  let wholeAtMs = nowMs();
  for (;;) {
    interrupted.throwIfAborted();
    const { rows } = await database.query<{ left: number }>('SELECT count(*)::integer AS left FROM intake.outbox');
    const left = rows[0]?.left ?? 0;
    const seenAtMs = nowMs();
    if (left >= events) wholeAtMs = seenAtMs;
    if (left === 0) {
      const seconds = (seenAtMs - wholeAtMs) / 1000;
      return { events, seconds, perSecond: events / seconds };
    }
    await delay(COUNT_EVERY_MS);
  }
}
