import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { BackendError } from './backend.errors.ts';
import type { Progress } from './backend.types.ts';
import { getMaven } from './java.ts';
import { isAlive, readPid } from './processes.ts';

export const KAFKA_VERSION = '4.3.0';

const LIBRARY_DIR = path.resolve(import.meta.dirname, '..');
const CACHE_DIR = path.resolve(LIBRARY_DIR, '../../node_modules/.cache/tollgate');
const POM = path.join(LIBRARY_DIR, 'kafka', 'pom.xml');
const COPY_GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const LOCK_POLL_MS = 200;

/** The broker's logging configuration, shipped beside the pom. */
export const KAFKA_LOG_CONFIG = path.join(LIBRARY_DIR, 'kafka', 'log4j2.xml');

/** Whether the jars lie in the cache, so that neither Maven nor a network is needed. */
export function areKafkaJarsCached(): boolean {
  return existsSync(jarsDir());
}

/**
 * The folder with Kafka's jars. The first call on a checkout copies them with Maven (45 MB, ten seconds on a good
 * line); they are shared by `npm start` and the tests. Processes that ask at once wait for the one that copies,
 * and the folder appears complete or not at all.
 * @throws BackendError `MAVEN_MISSING`, `KAFKA_JARS_UNRESOLVED`
 */
export async function resolveKafkaJars(progress?: Progress): Promise<string> {
  if (areKafkaJarsCached()) return jarsDir();
  mkdirSync(CACHE_DIR, { recursive: true });
  const release = await takeLock(`${jarsDir()}.lock`, progress);
  try {
    if (!areKafkaJarsCached()) await copyJars(progress);
  } finally {
    release();
  }
  return jarsDir();
}

function jarsDir(): string {
  return path.join(CACHE_DIR, `kafka-${KAFKA_VERSION}`);
}

async function copyJars(progress?: Progress): Promise<void> {
  const maven = await getMaven();
  const staging = `${jarsDir()}.${randomBytes(4).toString('hex')}`;
  try {
    await runMaven(maven, staging, progress);
    if (!areKafkaJarsCached()) renameSync(staging, jarsDir());
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function runMaven(maven: string, outputDirectory: string, progress?: Progress): Promise<void> {
  const args = ['-B', '-f', POM, COPY_GOAL, `-DoutputDirectory=${outputDirectory}`, '-DincludeScope=runtime'];
  return new Promise((resolve, reject) => {
    const child = spawn(maven, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let fetched = 0;
    const listen = (chunk: Buffer): void => {
      const text = chunk.toString('utf8');
      output += text;
      fetched += text.split('Downloaded from').length - 1;
      progress?.(`Kafka ${KAFKA_VERSION} by Maven: ${fetched} files fetched`);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 && readdirSync(outputDirectory).some((file) => file.endsWith('.jar'))) resolve();
      else reject(unresolved(code, output));
    });
  });
}

function unresolved(code: number | null, output: string): BackendError {
  const errors = output.split('\n').filter((line) => line.startsWith('[ERROR]'));
  return new BackendError(
    'KAFKA_JARS_UNRESOLVED',
    `Maven could not fetch Kafka ${KAFKA_VERSION} (exit code ${code ?? 'unknown'})`,
    {
      advice: `Check the network and Maven's settings; "mvn -f ${POM} ${COPY_GOAL}" shows the whole story.`,
      detail: errors.slice(0, 5).join('\n'),
    },
  );
}

/**
 * A file that only one process can make, its pid inside from the first moment; one whose maker is gone is taken over.
 * Two that take over at once would both copy, each into a folder of its own: the second rename then finds the work done.
 */
async function takeLock(file: string, progress?: Progress): Promise<() => void> {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${process.pid}\n`);
  try {
    for (;;) {
      try {
        linkSync(own, file);
        return () => rmSync(file, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = readPid(file);
      if (holder === undefined || !isAlive(holder)) rmSync(file, { force: true });
      else progress?.(`waiting for process ${holder}, which fetches Kafka ${KAFKA_VERSION}`);
      await delay(LOCK_POLL_MS);
    }
  } finally {
    rmSync(own, { force: true });
  }
}
