import kafkajs, { type ICustomPartitioner, type Kafka, type Message, type Producer, type TopicMessages } from 'kafkajs';

const { Partitioners } = kafkajs;

/**
 * Sends records, and says that it has only when the broker has said so of each. An idempotent producer: a retry inside
 * the client cannot write a record twice. Java's murmur2 partitioner, so that every producer in any language puts a
 * key on the same partition.
 *
 * Two things are not left to the client. When one of several brokers refuses, it asks again where each record belongs,
 * and does not ask a broker again that has answered already: a partition that has moved there meanwhile gets nothing,
 * and the send resolves all the same. And a record that is given another partition at the second try leaves a hole in
 * the sequence numbers of the first, which the broker then takes other records for.
 */
export class RecordProducer {
  readonly #producer: Producer;
  /** Where each record belongs, from the first time that the client asks. */
  readonly #partitions = new WeakMap<Message, number>();

  constructor(kafka: Kafka) {
    this.#producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: () => this.#createPartitioner(),
      retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 5 },
    });
  }

  connect(): Promise<void> {
    return this.#producer.connect();
  }

  /**
   * Waits for every in-sync replica.
   * @throws whatever kept the client from sending, or UnacknowledgedRecords: some, all or none may be on their topics,
   *   and the producer's sequence numbers cannot be trusted any more
   */
  async send(topicMessages: TopicMessages[]): Promise<void> {
    const acknowledgements = await this.#producer.sendBatch({ acks: -1, topicMessages });
    const acknowledged = new Set(acknowledgements.map(({ topicName, partition }) => toPlace(topicName, partition)));
    const left = topicMessages.flatMap(({ topic, messages }) =>
      messages.map((message) => toPlace(topic, this.#partitions.get(message))).filter((at) => !acknowledged.has(at)),
    );
    if (left.length > 0) {
      throw new UnacknowledgedRecords(left);
    }
  }

  disconnect(): Promise<void> {
    return this.#producer.disconnect();
  }

  #createPartitioner(): ReturnType<ICustomPartitioner> {
    const choose = Partitioners.DefaultPartitioner();
    return (about) => {
      const partition = this.#partitions.get(about.message) ?? choose(about);
      this.#partitions.set(about.message, partition);
      return partition;
    };
  }
}

/** The client says that it has sent records of which no broker has spoken. */
export class UnacknowledgedRecords extends Error {
  override readonly name = 'UnacknowledgedRecords';

  /** @param places `topic/partition` of each */
  constructor(places: readonly string[]) {
    super(`${places.length} records were not acknowledged: ${[...new Set(places)].join(', ')}`);
  }
}

function toPlace(topic: string, partition: number | undefined): string {
  return `${topic}/${partition}`;
}
