import { connect } from 'node:net';

import { afterAll, expect, it } from '@jest/globals';
import type { Database } from '@tollgate/persistence';
import { Log, Metrics } from '@tollgate/platform';
import { eventually, TcpProxy, testRecords, testTopicPrefix } from '@tollgate/testing';
import { Kafka, logLevel } from 'kafkajs';
import { MessagingMetrics } from '../src/messaging.metrics.ts';
import type { OutboxRow } from '../src/outbox.ts';
import { Publisher } from '../src/publisher.ts';

const topics = testTopicPrefix(import.meta.url);
const records = await testRecords(topics);
const topic = `${topics.prefix}.news`;
const proxy = await TcpProxy.start({ target: Number(topics.brokers.split(':').at(-1)) });

const publisher = new Publisher(
  new Kafka({
    brokers: [topics.brokers],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50 },
    // Whatever address the broker tells, the way to it leads through the proxy.
    socketFactory: ({ onConnect }) => connect({ port: proxy.port, host: '127.0.0.1' }, onConnect),
  }),
  { query: () => Promise.resolve([]) } as unknown as Database,
  new MessagingMetrics(new Metrics('publishing')),
  Log.create({ service: 'publishing', level: 'silent' }),
);
afterAll(async () => {
  await publisher.close();
  proxy.reset();
});

function row(id: string): OutboxRow {
  return { id, topic, key: 'the same partition', headers: {}, value: id };
}

const readValues = async () => (await records.read(topic)).map(({ value }) => value);

it('of two sends at once, when the answer to one is lost, both are on their topic as soon as they count as sent', async () => {
  const admin = new Kafka({ brokers: [topics.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: false });
  await eventually(() => admin.fetchTopicMetadata({ topics: [topic] }));
  await admin.disconnect();
  await publisher.send([row('before')]);
  proxy.holdBytes('toClient');
  const sends = Promise.allSettled(['one', 'two'].map((id) => publisher.send([row(id)])));
  await eventually(async () => expect(await readValues()).toHaveLength(2));
  proxy.reset();
  proxy.heal();
  const sent = (await sends).flatMap(({ status }, index) => (status === 'fulfilled' ? [['one', 'two'][index]] : []));
  expect(sent).not.toEqual([]);
  expect(await readValues()).toEqual(expect.arrayContaining(sent));
});
