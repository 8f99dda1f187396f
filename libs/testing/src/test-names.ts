import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * What this run of the tests is called: two runs on the same PostgreSQL and Kafka share nothing. Set by the global
 * set-up, which also removes everything that carries it.
 */
export function testRunId(): string {
  const id = process.env.TOLLGATE_TEST_RUN;
  if (id === undefined)
    throw new Error('no backends in this run: is the test in the project integration, e2e or integrity?');
  return id;
}

/** A short name for a test file, the same in every run: a hash of its path in the repository. */
export function testFileId(fileUrl: string): string {
  const path = relative(REPOSITORY, fileURLToPath(fileUrl));
  return createHash('sha256').update(path).digest('hex').slice(0, 10);
}

/** Schemas of this run start so; lower case, digits and underscores only, so that no quoting is needed. */
export function schemaPrefix(runId: string): string {
  return `test_${runId}_`;
}

/** Topics and consumer groups of this run start so. */
export function topicPrefix(runId: string): string {
  return `test-${runId}-`;
}
