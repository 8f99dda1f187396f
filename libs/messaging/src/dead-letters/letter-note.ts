import { randomUUID } from 'node:crypto';
import { TOPIC_RETENTION_DAYS } from '@tollgate/contracts';
import type { ITopicConfig, KafkaMessage, Message } from 'kafkajs';
import { z } from 'zod';
import { DEAD_LETTER_RETENTION_DAYS } from '../messaging.config.ts';

/** What an operator did with a dead letter: who, when, why. */
const letterNote = z.object({
  letterId: z.string(),
  action: z.enum(['re-driven', 'discarded']),
  by: z.string(),
  at: z.iso.datetime(),
  reason: z.string().optional(),
});
export type LetterNote = Readonly<z.output<typeof letterNote>>;

const NOTE_TYPE = 'tollgate.dead-letter.noted.v1';
const DAY_MS = 24 * 60 * 60 * 1000;
/** A note outlives the letter it is about. Days. */
const NOTE_RETENTION_DAYS = DEAD_LETTER_RETENTION_DAYS + TOPIC_RETENTION_DAYS;

/** Where notes lie: beside the letters, so that whoever may read and re-drive them needs no database of his own. */
export function noteTopicName(topicPrefix: string): string {
  return `${topicPrefix}.dead-letter-notes.v1`;
}

/** One partition: the order of notes is the order in which they were written. */
export function toNoteTopic(topicPrefix: string, replicationFactor: number): ITopicConfig {
  return {
    topic: noteTopicName(topicPrefix),
    numPartitions: 1,
    replicationFactor,
    configEntries: [{ name: 'retention.ms', value: String(NOTE_RETENTION_DAYS * DAY_MS) }],
  };
}

/** A note as a record, with the envelope that every record of ours has. */
export function toNoteRecord(note: LetterNote): Message {
  return {
    key: note.letterId,
    value: JSON.stringify(note),
    headers: {
      ce_specversion: '1.0',
      ce_id: randomUUID(),
      ce_type: NOTE_TYPE,
      ce_source: '/tollgate/ops',
      ce_time: note.at,
      ce_subject: note.letterId,
      'content-type': 'application/json',
    },
  };
}

/** @returns undefined for what is no note */
export function readNote({ value }: Pick<KafkaMessage, 'value'>): LetterNote | undefined {
  try {
    return letterNote.safeParse(JSON.parse(value?.toString('utf8') ?? '')).data;
  } catch {
    return undefined;
  }
}
