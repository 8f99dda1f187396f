import { randomBytes } from 'node:crypto';

import { AssignerProtocol, Kafka, logLevel } from 'kafkajs';
import type { Admin, IHeaders } from 'kafkajs';

/** A record as it lies on its topic. */
export interface TopicRecord {
  topic: string;
  partition: number;
  offset: string;
  key: string | undefined;
  headers: Readonly<Record<string, string>>;
  /** The value as text; undefined for a tombstone. */
  value: string | undefined;
}

/** How far a consumer group is behind on one partition. */
export interface GroupLag {
  group: string;
  topic: string;
  partition: number;
  lag: number;
}

/** A reader that gets nothing for so long has stalled, as kafkajs does now and then when a broker came back. Milliseconds. */
const STALLED_AFTER_MS = 20_000;
const READERS_MAX = 3;

/**
 * Reads every record that lies now on the topics whose names start with `prefix`, in the order of each partition.
 * @throws Error when several readers in a row got stuck, with the partitions that were missing
 */
export async function readTopics(brokers: string, prefix: string): Promise<TopicRecord[]> {
  return withAdmin(brokers, async (kafka, admin) => {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    const ends = await endOffsets(admin, topics);
    const wanted = [...ends].filter(([, end]) => end > 0n);
    if (wanted.length === 0) return [];
    for (let reader = 1; ; reader += 1) {
      const read = await readUpTo(kafka, `${prefix}-reader-${randomBytes(4).toString('hex')}`, new Map(wanted));
      if (read.missing.length === 0) return read.records;
      if (reader === READERS_MAX) throw new Error(`${READERS_MAX} readers got stuck before ${read.missing.join(', ')}`);
    }
  });
}

/** How far these groups are behind, partitions without lag left out; a group that never was has no lag. */
export async function readGroupLag(brokers: string, groups: readonly string[]): Promise<GroupLag[]> {
  return withAdmin(brokers, async (_kafka, admin) => {
    const lags = await Promise.all(groups.map((group) => lagOf(admin, group)));
    return lags.flat().filter(({ lag }) => lag > 0);
  });
}

async function lagOf(admin: Admin, group: string): Promise<GroupLag[]> {
  const committed = await committedOffsets(admin, group);
  const read = await assignedTopics(admin, group);
  const topics = [
    ...new Set([...read, ...[...committed.keys()].map((place) => place.slice(0, place.lastIndexOf(' ')))]),
  ];
  return [...(await endOffsets(admin, topics))].map(([place, end]) => {
    const separator = place.lastIndexOf(' ');
    // A partition of which nothing is committed yet is ahead of the group as a whole.
    const lag = Number(end - (committed.get(place) ?? 0n));
    return { group, topic: place.slice(0, separator), partition: Number(place.slice(separator + 1)), lag };
  });
}

/** By `topic partition`; the broker knows none for partitions of which the group has finished nothing. */
async function committedOffsets(admin: Admin, group: string): Promise<Map<string, bigint>> {
  const committed = await admin.fetchOffsets({ groupId: group });
  const places = committed.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, offset }) => [`${topic} ${partition}`, BigInt(offset)] as const),
  );
  return new Map(places.filter(([, offset]) => offset >= 0n));
}

/** What the members of the group read now. */
async function assignedTopics(admin: Admin, group: string): Promise<string[]> {
  const { groups } = await admin.describeGroups([group]);
  return groups.flatMap(({ members }) =>
    members.flatMap(({ memberAssignment }) =>
      memberAssignment.length === 0
        ? []
        : Object.keys(AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {}),
    ),
  );
}

/** By `topic partition`, the offset after the last record. */
async function endOffsets(admin: Admin, topics: string[]): Promise<Map<string, bigint>> {
  const perTopic = await Promise.all(
    topics.map(async (topic) =>
      (await admin.fetchTopicOffsets(topic)).map(
        ({ partition, high }) => [`${topic} ${partition}`, BigInt(high)] as const,
      ),
    ),
  );
  return new Map(perTopic.flat());
}

/** What one reader got, and the places (`topic partition`) whose ends it did not reach before it stalled. */
async function readUpTo(
  kafka: Kafka,
  groupId: string,
  ends: Map<string, bigint>,
): Promise<{ records: TopicRecord[]; missing: string[] }> {
  const records: TopicRecord[] = [];
  const open = new Map(ends);
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  await consumer.connect();
  try {
    const topics = [...new Set([...ends.keys()].map((place) => place.slice(0, place.lastIndexOf(' '))))];
    await consumer.subscribe({ topics, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const stalled = setTimeout(resolve, STALLED_AFTER_MS);
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
      const run = consumer.run({
        autoCommit: false,
        eachMessage: ({ topic, partition, message }) => {
          const place = `${topic} ${partition}`;
          const end = open.get(place);
          if (end === undefined) return Promise.resolve();
          stalled.refresh();
          const { offset, key, value, headers } = message;
          records.push({
            topic,
            partition,
            offset,
            key: key?.toString(),
            headers: toText(headers),
            value: value?.toString(),
          });
          if (BigInt(offset) + 1n >= end) open.delete(place);
          if (open.size === 0) {
            clearTimeout(stalled);
            resolve();
          }
          return Promise.resolve();
        },
      });
      run.catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return { records, missing: [...open.keys()] };
}

function toText(headers: IHeaders | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]));
}

async function withAdmin<T>(brokers: string, work: (kafka: Kafka, admin: Admin) => Promise<T>): Promise<T> {
  const kafka = client(brokers);
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(kafka, admin);
  } finally {
    await admin.disconnect();
  }
}

function client(brokers: string): Kafka {
  return new Kafka({ brokers: brokers.split(','), clientId: 'tollgate-tests', logLevel: logLevel.NOTHING });
}
