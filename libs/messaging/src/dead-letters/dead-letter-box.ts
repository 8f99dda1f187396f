import { KnownError } from '@tollgate/contracts';
import type { Log } from '@tollgate/platform';
import type { Admin, Kafka, Message } from 'kafkajs';
import { findRefusal } from '../broker-refusal.ts';
import { createKafka } from '../kafka-client.ts';
import { INBOX_RETENTION_DAYS_MIN, type MessagingSettings, RECORD_BYTES_MAX } from '../messaging.config.ts';
import { RecordProducer } from '../record-producer.ts';
import { type DeadLetter, type OpenedLetter, toOpenedLetter, toRedriveHeaders } from './dead-letter.ts';
import { type AssessedLetter, assessLetters } from './dead-letter-state.ts';
import { type InboxAddress, InboxLookup } from './inbox-lookup.ts';
import { type LetterNote, noteTopicName, readNote, toNoteRecord, toNoteTopic } from './letter-note.ts';
import { scanTopics } from './topic-scan.ts';

export interface DeadLetterBoxOptions {
  /** Of the event path, with the service's name `ops`. */
  readonly settings: Pick<MessagingSettings, 'service' | 'brokers' | 'topicPrefix' | 'replicationFactor'>;
  readonly inboxOf: (consumer: string) => InboxAddress;
  readonly log: Log;
}

/** Who does something with dead letters, and why. */
export interface Deed {
  readonly by: string;
  readonly reason?: string;
}

/** What a re-drive has done so far. */
export interface RedriveProgress {
  readonly sent: number;
  /** Letters that the broker refuses, with its reason: a record that was as large as records may be. */
  readonly refused: ReadonlyArray<{ readonly id: string; readonly reason: string }>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Letters sent and noted together; what a kill leaves unnoted. */
const SEND_RECORDS_MAX = 500;
const SEND_BYTES_MAX = RECORD_BYTES_MAX / 2;

/** A reader that the broker throws out starts anew this often. */
const SCAN_TRIES_MAX = 3;

/** The broker's word for it; the client wraps it into errors of its own. */
const TOO_LARGE = 'MESSAGE_TOO_LARGE';

/**
 * The dead letters of an installation: reads them, sends them again, notes what was done. Writes nothing but records on
 * topics. What a re-drive brings about is decided by the consumer's inbox, once, however often the record is sent.
 */
export class DeadLetterBox {
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #inboxes: InboxLookup;
  readonly #settings: DeadLetterBoxOptions['settings'];
  #producer: Promise<RecordProducer> | undefined;
  #hasNoteTopic = false;

  private constructor({ settings, inboxOf, log }: DeadLetterBoxOptions) {
    this.#settings = settings;
    this.#kafka = createKafka(settings, log);
    this.#admin = this.#kafka.admin({ retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 } });
    this.#inboxes = new InboxLookup(inboxOf);
  }

  /** @throws KnownError BROKER_UNAVAILABLE */
  static async open(options: DeadLetterBoxOptions): Promise<DeadLetterBox> {
    const box = new DeadLetterBox(options);
    try {
      await box.#admin.connect();
    } catch (error) {
      throw toBrokerError(error, `No broker answers at ${options.settings.brokers.join(', ')}`);
    }
    return box;
  }

  async close(): Promise<void> {
    const producer = await this.#producer?.catch(() => undefined);
    await Promise.all([this.#inboxes.close(), producer?.disconnect(), this.#admin.disconnect()]);
  }

  /**
   * Every dead letter that a consumer's topic still holds, oldest first, with its state and what a re-drive would bring.
   * @throws KnownError BROKER_UNAVAILABLE, DATABASE_UNAVAILABLE
   */
  async list(): Promise<AssessedLetter[]> {
    const letters = new Map<string, DeadLetter>();
    const notes = new Map<string, LetterNote>();
    const topics = await this.#existingTopics();
    await this.#scan([...topics.deadLetters, ...topics.notes], ({ topic, message }) => {
      const note = topics.notes.includes(topic) ? readNote(message) : undefined;
      const opened = topics.notes.includes(topic) ? undefined : this.#toOpened(message);
      if (note !== undefined) {
        notes.set(note.letterId, note);
      }
      if (opened !== undefined) {
        letters.set(opened.letter.id, opened.letter); // a letter may be published twice; it is the same letter
      }
    });
    const sorted = [...letters.values()].toSorted((one, other) => one.failedAt.getTime() - other.failedAt.getTime());
    return assessLetters(sorted, await this.#inboxes.find(sorted), notes);
  }

  /** The letter with its record; undefined when no topic holds it (any more). */
  async find(id: string): Promise<OpenedLetter | undefined> {
    let found: OpenedLetter | undefined;
    await this.#scan((await this.#existingTopics()).deadLetters, ({ message }) => {
      const opened = this.#toOpened(message);
      found = opened?.letter.id === id ? opened : found;
    });
    return found;
  }

  /**
   * Sends letters to the topics they died on, with their own ids, keys and values, and notes each. Killed in between, it
   * may be run again: what is sent twice takes effect once.
   * @param onProgress told after each send, before its note
   * @throws KnownError BROKER_UNAVAILABLE
   */
  async redrive(
    ids: ReadonlySet<string>,
    { by }: Deed,
    onProgress: (progress: RedriveProgress) => void = () => undefined,
  ): Promise<RedriveProgress> {
    const waiting = new Map<string, OpenedLetter>();
    const seen = new Set<string>();
    const refused: Array<{ id: string; reason: string }> = [];
    let sent = 0;
    let waitingBytes = 0;
    const sendWaiting = async (): Promise<void> => {
      const batch = [...waiting.values()];
      waiting.clear();
      waitingBytes = 0;
      const delivered = await this.#sendAgain(batch, refused);
      sent += delivered.length;
      onProgress({ sent, refused });
      await this.#note(delivered.map(({ letter }) => ({ letterId: letter.id, action: 're-driven', by })));
    };
    await this.#scan((await this.#existingTopics()).deadLetters, async ({ message }) => {
      const opened = this.#toOpened(message);
      if (opened === undefined || !ids.has(opened.letter.id) || seen.has(opened.letter.id)) {
        return;
      }
      seen.add(opened.letter.id);
      waiting.set(opened.letter.id, opened);
      waitingBytes += opened.letter.valueBytes;
      if (waiting.size >= SEND_RECORDS_MAX || waitingBytes >= SEND_BYTES_MAX) {
        await sendWaiting();
      }
    });
    if (waiting.size > 0) {
      await sendWaiting();
    }
    return { sent, refused };
  }

  /** Notes that these letters need nothing any more, and why. @throws KnownError BROKER_UNAVAILABLE */
  async discard(ids: Iterable<string>, { by, reason }: Required<Deed>): Promise<void> {
    await this.#note([...ids].map((letterId) => ({ letterId, action: 'discarded', by, reason })));
  }

  #toOpened(message: Message & { timestamp: string }): OpenedLetter | undefined {
    const nowMs = Date.now();
    const accepted = { nowMs, oldestMs: nowMs - INBOX_RETENTION_DAYS_MIN * DAY_MS };
    return toOpenedLetter(message as never, this.#settings.topicPrefix, accepted);
  }

  async #existingTopics(): Promise<{ deadLetters: string[]; notes: string[] }> {
    const { topicPrefix } = this.#settings;
    const names = await this.#admin.listTopics();
    return {
      deadLetters: names.filter((name) => name.startsWith(`${topicPrefix}.`) && name.endsWith('.dlq')),
      notes: names.filter((name) => name === noteTopicName(topicPrefix)),
    };
  }

  /** Reads on from the beginning when the broker goes away in between: whoever takes records knows them by their ids. */
  async #scan(topics: readonly string[], take: Parameters<typeof scanTopics>[2]): Promise<void> {
    const client = { kafka: this.#kafka, admin: this.#admin, groupPrefix: `${this.#settings.topicPrefix}.ops.` };
    let isRefused = false;
    for (let tries = 1; ; tries++) {
      try {
        return await scanTopics(client, topics, async (record) => {
          try {
            await take(record);
          } catch (error) {
            isRefused = true;
            throw error;
          }
        });
      } catch (error) {
        if (isRefused || tries >= SCAN_TRIES_MAX) {
          throw error;
        }
      }
    }
  }

  /** @returns those that the broker has taken; the others are added to `refused` */
  async #sendAgain(
    letters: readonly OpenedLetter[],
    refused: Array<{ id: string; reason: string }>,
  ): Promise<readonly OpenedLetter[]> {
    try {
      await this.#send(
        letters.map((opened) => ({
          topic: opened.letter.origin.topic,
          message: { key: opened.key, value: opened.value, headers: toRedriveHeaders(opened) },
        })),
      );
      return letters;
    } catch (error) {
      if (!isTooLarge(error)) {
        throw error;
      }
      if (letters.length === 1) {
        refused.push({
          id: letters[0]!.letter.id,
          reason: 'the record and its headers are larger than its topic takes',
        });
        return [];
      }
      const middle = Math.ceil(letters.length / 2);
      return [
        ...(await this.#sendAgain(letters.slice(0, middle), refused)),
        ...(await this.#sendAgain(letters.slice(middle), refused)),
      ];
    }
  }

  async #note(notes: ReadonlyArray<Omit<LetterNote, 'at'>>): Promise<void> {
    if (notes.length === 0) {
      return;
    }
    const { topicPrefix, replicationFactor } = this.#settings;
    if (!this.#hasNoteTopic && (await this.#existingTopics()).notes.length === 0) {
      // Not waited for its leader: that fails while the broker has not heard of its own new topic, and a send tries again.
      await this.#admin.createTopics({ topics: [toNoteTopic(topicPrefix, replicationFactor)], waitForLeaders: false });
    }
    this.#hasNoteTopic = true;
    const at = new Date().toISOString();
    const topic = noteTopicName(topicPrefix);
    await this.#send(notes.map((note) => ({ topic, message: toNoteRecord({ ...note, at }) })));
  }

  async #send(records: ReadonlyArray<{ topic: string; message: Message }>): Promise<void> {
    const producer = await (this.#producer ??= this.#connect());
    const topicMessages = [...Map.groupBy(records, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
      topic,
      messages: ofTopic.map(({ message }) => message),
    }));
    try {
      await producer.send(topicMessages);
    } catch (error) {
      // After a failed send the sequence numbers of an idempotent producer cannot be trusted.
      this.#producer = undefined;
      await producer.disconnect();
      throw toBrokerError(error, 'The broker did not take the records');
    }
  }

  async #connect(): Promise<RecordProducer> {
    const producer = new RecordProducer(this.#kafka);
    await producer.connect();
    return producer;
  }
}

function isTooLarge(error: unknown): boolean {
  return findRefusal(error)?.type === TOO_LARGE;
}

function toBrokerError(cause: unknown, detail: string): KnownError {
  return new KnownError('BROKER_UNAVAILABLE', { detail, cause });
}
