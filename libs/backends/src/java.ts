import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { BackendError } from './backend.errors.ts';

const run = promisify(execFile);

/** Kafka 4 brokers need it. https://kafka.apache.org/43/documentation.html#java */
const JAVA_VERSION_MIN = 17;

const JAVA_ADVICE =
  `Install a Java ${JAVA_VERSION_MIN} or newer (Debian and Ubuntu: apt install openjdk-${JAVA_VERSION_MIN}-jre-headless, macOS: brew install openjdk) ` +
  'or point JAVA_HOME at one; or start Docker; or set KAFKA_BROKERS.';

/** The `java` command to use, JAVA_HOME's before PATH's. @throws BackendError `JAVA_MISSING` */
export async function getJava(): Promise<string> {
  const java = process.env.JAVA_HOME ? path.join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  let versionText: string;
  try {
    versionText = (await run(java, ['-version'])).stderr;
  } catch (error) {
    throw new BackendError('JAVA_MISSING', `Kafka needs Java, and "${java}" does not run`, {
      advice: JAVA_ADVICE,
      cause: error,
    });
  }
  const version = parseJavaVersion(versionText);
  if (version !== undefined && version >= JAVA_VERSION_MIN) return java;
  throw new BackendError(
    'JAVA_MISSING',
    `Kafka needs Java ${JAVA_VERSION_MIN} or newer; "${java}" is Java ${version ?? 'unknown'}`,
    {
      advice: JAVA_ADVICE,
    },
  );
}

/** The feature version in the output of `java -version`: 17 of `"17.0.15"`, 8 of `"1.8.0_392"`. */
export function parseJavaVersion(text: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(text);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** The `mvn` command. @throws BackendError `MAVEN_MISSING` */
export async function getMaven(): Promise<string> {
  try {
    await run('mvn', ['--version']);
    return 'mvn';
  } catch (error) {
    throw new BackendError('MAVEN_MISSING', 'Maven is needed once, to fetch Kafka, and "mvn" does not run', {
      advice:
        'Install Maven (Debian and Ubuntu: apt install maven, macOS: brew install maven); or start Docker; or set KAFKA_BROKERS.',
      cause: error,
    });
  }
}
