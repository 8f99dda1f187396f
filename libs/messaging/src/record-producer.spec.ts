import { createRequire } from 'node:module';
import { expect, it } from '@jest/globals';
import type { ICustomPartitioner, Kafka, Message, RecordMetadata, TopicMessages } from 'kafkajs';
import { RecordProducer, UnacknowledgedRecords } from './record-producer.ts';

/** A record as a broker of the test has got it. */
interface Written {
  readonly broker: number;
  readonly partition: number;
  readonly value: string;
}

/** The client's own sending, which it keeps to itself: what it does when one broker of several refuses is the point. */
const require = createRequire(import.meta.url);
const sendMessages = require('kafkajs/src/producer/sendMessages.js') as (parts: object) => ClientSend;
const createRetry = require('kafkajs/src/retry/index.js') as (options: object) => unknown;
const { KafkaJSProtocolError } = require('kafkajs/src/errors.js') as {
  KafkaJSProtocolError: new (error: object) => Error;
};
type ClientSend = (batch: { acks: number; topicMessages: TopicMessages[] }) => Promise<RecordMetadata[]>;
type Request = { topicData: { topic: string; partitions: { partition: number; messages: Message[] }[] }[] };

const TOPIC = 't';

/** Brokers 1 and 2, as the client sees them; `leaders` says by partition which of them leads it, as the brokers know. */
class Cluster {
  readonly written: Written[] = [];
  /** Partitions that each record was meant for, whether it was written or refused. */
  readonly asked = new Map<string, Set<number>>();
  readonly targetTopics = new Set([TOPIC]);
  /** The client's view, renewed when it asks. */
  #known: number[];
  readonly #brokers = [1, 2].map((nodeId) => ({
    nodeId,
    produce: (request: Request) => this.#produce(nodeId, request),
  }));

  constructor(public leaders: number[]) {
    this.#known = leaders;
  }

  /** What {@link RecordProducer} needs of the client. */
  kafka(): Kafka {
    const send = (createPartitioner: ICustomPartitioner) =>
      sendMessages({
        logger: { debug: () => undefined, error: () => undefined },
        cluster: this,
        partitioner: createPartitioner(),
        eosManager: {
          acquireBrokerLock: () => undefined,
          releaseBrokerLock: () => undefined,
          isTransactional: () => false,
          getSequence: () => 0,
          updateSequence: () => undefined,
          getProducerId: () => 1,
          getProducerEpoch: () => 0,
        },
        retrier: createRetry({ initialRetryTime: 1, maxRetryTime: 1, retries: 5 }),
      });
    return {
      producer: ({ createPartitioner }: { createPartitioner: ICustomPartitioner }) => ({
        sendBatch: send(createPartitioner),
      }),
    } as unknown as Kafka;
  }

  addMultipleTargetTopics(): void {}

  refreshMetadataIfNecessary(): void {}

  isConnected(): boolean {
    return true;
  }

  refreshMetadata(): void {
    this.#known = this.leaders;
  }

  findTopicPartitionMetadata(): { partitionId: number; leader: number }[] {
    return this.#known.map((leader, partitionId) => ({ partitionId, leader }));
  }

  findLeaderForPartitions(_topic: string, partitions: readonly string[]): Record<number, number[]> {
    const byLeader: Record<number, number[]> = {};
    for (const partition of partitions.map(Number)) (byLeader[this.#known[partition]!] ??= []).push(partition);
    return byLeader;
  }

  findBroker({ nodeId }: { nodeId: string }): unknown {
    return this.#brokers.find((broker) => broker.nodeId === Number(nodeId));
  }

  async #produce(broker: number, { topicData }: Request): Promise<object> {
    const asked = topicData.flatMap(({ partitions }) => partitions);
    for (const { partition, messages } of asked) {
      messages.forEach(({ value }) =>
        this.asked.set(String(value), (this.asked.get(String(value)) ?? new Set()).add(partition)),
      );
    }
    if (asked.some(({ partition }) => this.leaders[partition] !== broker)) {
      throw new KafkaJSProtocolError({ type: 'NOT_LEADER_FOR_PARTITION', code: 6, retriable: true, message: 'not me' });
    }
    for (const { partition, messages } of asked) {
      messages.forEach(({ value }) => this.written.push({ broker, partition, value: String(value) }));
    }
    return { topics: [{ topicName: TOPIC, partitions: asked.map(({ partition }) => ({ partition, errorCode: 0 })) }] };
  }
}

/** Two records, one on each partition. */
function records(): TopicMessages[] {
  return [{ topic: TOPIC, messages: [0, 1].map((partition) => ({ partition, value: `of ${partition}` })) }];
}

it('sends to every partition, whichever broker leads it', async () => {
  const cluster = new Cluster([1, 2]);
  await new RecordProducer(cluster.kafka()).send(records());
  expect(cluster.written).toEqual([
    { broker: 1, partition: 0, value: 'of 0' },
    { broker: 2, partition: 1, value: 'of 1' },
  ]);
});

it('does not say that it has sent what the client left out because its partition had just moved to another broker', async () => {
  const cluster = new Cluster([1, 2]);
  const producer = new RecordProducer(cluster.kafka());
  cluster.leaders = [1, 1];
  const outcome = await producer.send(records()).catch((error: unknown) => error);
  expect(cluster.written).toEqual([{ broker: 1, partition: 0, value: 'of 0' }]);
  expect(outcome).toBeInstanceOf(UnacknowledgedRecords);
  expect(outcome).toMatchObject({ message: '1 records were not acknowledged: t/1' });
});

it('keeps a record on the partition that it was given at the first try', async () => {
  const cluster = new Cluster([1, 1, 1, 1]);
  const producer = new RecordProducer(cluster.kafka());
  cluster.leaders = [2, 2, 2, 2];
  // Without a key any partition would do.
  const messages = Array.from({ length: 8 }, (_, index) => ({ value: `${index}` }));
  await producer.send([{ topic: TOPIC, messages }]);
  expect(cluster.written.map(({ broker }) => broker)).toEqual(messages.map(() => 2));
  expect([...cluster.asked.values()].map(({ size }) => size)).toEqual(messages.map(() => 1));
});
