import { testFileId, testRunId, topicPrefix } from './test-names.ts';

/** A topic prefix of the test file's own, and the brokers to use it on. */
export interface TestTopics {
  brokers: string;
  prefix: string;
}

/**
 * Brokers of this run and a topic prefix of the file's own; topics and consumer groups that start with it are removed
 * after the run.
 * @param fileUrl the test file's `import.meta.url`
 * @param part tells several stacks of topics in one file apart
 */
export function testTopicPrefix(fileUrl: string, part?: string): TestTopics {
  const brokers = process.env.KAFKA_BROKERS;
  if (brokers === undefined)
    throw new Error('KAFKA_BROKERS is not set: is the test in the project integration, e2e or integrity?');
  const suffix = part === undefined ? '' : `-${part}`;
  return { brokers, prefix: `${topicPrefix(testRunId())}${testFileId(fileUrl)}${suffix}` };
}
