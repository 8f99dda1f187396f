import { ClientsModule, Transport } from '@nestjs/microservices';
import type { KafkaOptions } from '@nestjs/microservices';

import { readServiceSettings } from '../columns/service-settings.ts';

const settings = readServiceSettings();

/** Injection token of the producing client. */
export const KAFKA_CLIENT = 'KAFKA_CLIENT';

/** A topic's whole name. */
export function topic(name: 'attempts' | 'decisions' | 'outcomes' | 'payment-statuses'): string {
  return `${settings.topicPrefix}.${name}`;
}

/** The consuming side of a service. */
export function kafkaServer(service: string): KafkaOptions {
  return {
    transport: Transport.KAFKA,
    options: {
      client: { clientId: service, brokers: [...settings.brokers] },
      consumer: { groupId: `${settings.topicPrefix}.${service}` },
      subscribe: { fromBeginning: true },
    },
  };
}

/** The producing side of a service. */
export function kafkaClient(service: string): ReturnType<typeof ClientsModule.register> {
  return ClientsModule.register([
    {
      name: KAFKA_CLIENT,
      transport: Transport.KAFKA,
      options: { client: { clientId: service, brokers: [...settings.brokers] }, producerOnlyMode: true },
    },
  ]);
}
