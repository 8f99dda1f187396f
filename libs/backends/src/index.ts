export { BackendError } from './backend.errors.ts';
export type { BackendErrorCode } from './backend.errors.ts';
export type {
  BackendOptions,
  EmbeddedPostgres,
  Progress,
  RunningBackend,
  RunningKafka,
  RunningPostgres,
} from './backend.types.ts';
export { chooseBackends } from './choose-backends.ts';
export type { BackendSource, ChooseOptions, ChosenKafka, ChosenPostgres } from './choose-backends.ts';
export { removeContainerData } from './docker.ts';
export { startKafka } from './kafka.ts';
export type { KafkaOptions } from './kafka.ts';
export { KAFKA_VERSION, resolveKafkaJars } from './kafka-jars.ts';
export { brokerProperties, toContainerEnvironment } from './kafka-properties.ts';
export { startPostgres } from './postgres.ts';
export type { PostgresOptions } from './postgres.ts';
export { assertPortFree, findFreePort, isPortFree } from './ports.ts';
export {
  commandLineOf,
  findOwnProcess,
  isAlive,
  readPid,
  sendSignal,
  spawnDetached,
  stopProcess,
} from './processes.ts';
export { SERVICE_MEMORY } from './service-memory.ts';
