import { expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';

import { eventually, testDatabase, testTopicPrefix } from '../src/index.ts';

const database = await testDatabase(import.meta.url);
const { brokers, prefix } = testTopicPrefix(import.meta.url);

it('gives a test file an empty schema of its own, first in the search path', async () => {
  await database.query('CREATE TABLE probe (amount bigint NOT NULL)');
  await database.query('INSERT INTO probe VALUES ($1)', [9007199254740993n]);

  expect(await database.query('SELECT amount FROM probe')).toEqual([{ amount: 9007199254740993n }]);
  expect(await database.query("SELECT schemaname FROM pg_tables WHERE tablename = 'probe'")).toEqual([
    { schemaname: database.schema },
  ]);
});

it('gives a test file a broker to make topics of its own on', async () => {
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic: `${prefix}.probe.v1`, numPartitions: 2 }] });
    await eventually(async () => expect(await admin.listTopics()).toContain(`${prefix}.probe.v1`));
  } finally {
    await admin.disconnect();
  }
});
