export { findFreePort as freePort } from '@tollgate/backends';
export * from './event-samples.ts';
export { eventually } from './eventually.ts';
export type { EventuallyOptions } from './eventually.ts';
export { countDuplicateEffects } from './integrity/count-duplicate-effects.ts';
export { reportFault } from './integrity/fault-report.ts';
export type { FaultReport } from './integrity/fault-report.ts';
export { integrityRun } from './integrity/integrity-run.ts';
export type { IntegrityRun, Scale } from './integrity/integrity-run.ts';
export type { Random } from './integrity/random.ts';
export {
  checkBooks,
  findBookViolationsNow,
  findDifferentDecisions,
  checkInvariants,
  findViolationsNow,
} from './invariants/check-invariants.ts';
export type { Story } from './invariants/check-invariants.ts';
export type { Violation } from './invariants/world.types.ts';
export type { Direction } from './network/proxied-connection.ts';
export { TcpProxy } from './network/tcp-proxy.ts';
export { listEmulatorPayments, readEmulatorJournal } from './stack/emulator-record.ts';
export type { JournalEntry, ListedPayment } from './stack/emulator-record.ts';
export { runCheckouts, startTraffic } from './stack/checkouts.ts';
export type { Accepted, Traffic } from './stack/checkouts.ts';
export { request } from './stack/http-client.ts';
export type { HttpAnswer, HttpRequest } from './stack/http-client.ts';
export { guardFolder, guardProcess, releaseProcess } from './stack/process-guard.ts';
export { ServiceProcess, startService } from './stack/service-process.ts';
export type { ServiceOptions } from './stack/service-process.ts';
export { Shop, TEST_CARDS } from './stack/shop.ts';
export type { ApprovalRequired, Checkout, PostedAttempt, Purchase } from './stack/shop.ts';
export { APPS, APPS_WITH_REVIEW, DATABASE_APPS, secretsOf, Stack, startStack } from './stack/stack.ts';
export type { App, StackAccount, StackCredentials, StackOptions } from './stack/stack.ts';
export { databaseUrl, testDatabase, testSchemaName } from './test-database.ts';
export type { TestDatabase } from './test-database.ts';
export { testTopicPrefix } from './test-topics.ts';
export type { TestTopics } from './test-topics.ts';
export { foreignRecord, testRecords } from './test-records.ts';
export type { TestRecord, TestRecords } from './test-records.ts';
export { readGroupLag, readTopics } from './topic-reader.ts';
export type { GroupLag, TopicRecord } from './topic-reader.ts';
