import kafkajs from 'kafkajs';

// Node cannot see kafkajs's error classes among its named exports.
const { KafkaJSProtocolError } = kafkajs;

/** A broker's word that it does not take what it was sent. */
export type BrokerRefusal = InstanceType<typeof KafkaJSProtocolError>;

/** The broker's own word, however the client has wrapped it; undefined where it has not spoken: it is away. */
export function findRefusal(error: unknown): BrokerRefusal | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof KafkaJSProtocolError) {
      return each;
    }
  }
  return undefined;
}
