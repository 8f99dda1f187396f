/** The settings of a broker that is alone: everything that is replicated by default has one replica. */
export interface BrokerAddress {
  /** Where clients connect, from this machine only. */
  port: number;
  controllerPort: number;
  /** Address the broker listens on: 127.0.0.1, or empty (all) inside a container, whose port is published on 127.0.0.1. */
  listenHost: string;
  logDir: string;
  /** A second door for clients, which are told to come to another port: that of a proxy in front of it. */
  proxied?: ProxiedListener | undefined;
}

export interface ProxiedListener {
  /** Where the broker listens, and the proxy connects to. */
  port: number;
  /** Where clients are told to connect. */
  advertisedPort: number;
}

/**
 * `server.properties` of a single broker and controller (KRaft).
 * Names and meanings: https://kafka.apache.org/43/documentation.html#brokerconfigs
 */
export function brokerProperties(address: BrokerAddress): Record<string, string> {
  const { port, controllerPort, listenHost, logDir, proxied } = address;
  const clientListeners = [`PLAINTEXT://${listenHost}:${port}`];
  const advertised = [`PLAINTEXT://127.0.0.1:${port}`];
  if (proxied !== undefined) {
    clientListeners.push(`PROXIED://${listenHost}:${proxied.port}`);
    advertised.push(`PROXIED://127.0.0.1:${proxied.advertisedPort}`);
  }
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: [...clientListeners, `CONTROLLER://${listenHost}:${controllerPort}`].join(),
    'advertised.listeners': advertised.join(),
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT',
    'log.dirs': logDir,

    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '3',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '3',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',

    // A typing error in a topic's name must fail, not make a topic.
    'auto.create.topics.enable': 'false',
    // Records up to 1 MiB; a dead letter wraps one, so its topic is made with a larger max.message.bytes.
    'message.max.bytes': String(1024 * 1024),
    // Consumers start at once, and tests may use short sessions.
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    // After a crash the broker may register again as soon as its old session is over.
    'broker.session.timeout.ms': '4000',
    'broker.heartbeat.interval.ms': '500',

    // A small machine: fewer threads, and a compaction buffer that fits the heap.
    'num.network.threads': '2',
    'num.io.threads': '4',
    'log.cleaner.dedupe.buffer.size': String(16 * 1024 * 1024),
  };
}

/** Properties as the file's text. */
export function formatProperties(properties: Record<string, string>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');
}

/** Properties as the environment of the official image: `log.dirs` is KAFKA_LOG_DIRS. */
export function toContainerEnvironment(properties: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`, value]),
  );
}
