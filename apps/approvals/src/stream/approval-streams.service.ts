import { PassThrough, type Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type ApprovalChangedData, KnownError } from '@tollgate/contracts';
import { ServiceLifetime } from '@tollgate/platform';
import { type Readership, toApprovalAnswer } from '../approvals/approval-answer.policy.ts';
import { ApprovalRepository } from '../approvals/approval.repository.ts';
import { People } from '../people/people.service.ts';

/** Proxies close what is silent for half a minute; a comment keeps the connection known to be alive. */
const HEARTBEAT_MS = 15_000;
/** A stream ends after this time; the reader comes back by itself and reads the list anew. */
const LIFE_MAX_MS = 15 * 60_000;
const RETRY_MS = 1_000;
const STREAMS_MAX = 500;
/** One reader with more than that has lost count, and would keep the others out. */
const STREAMS_OF_ONE_MAX = 50;
/** A reader that takes nothing for so long that this much waits is let go. Bytes. */
const UNREAD_MAX = 1024 * 1024;

/** Who watches. */
export interface StreamReader extends Readership {
  /** Tells readers apart: a person, or whose key it is. */
  readonly name: string;
  /** Undefined: of every merchant. */
  readonly merchantId: string | undefined;
}

interface Watcher extends StreamReader {
  readonly stream: PassThrough;
}

/** Streams of the queue: every approval that takes a step, as it is then. */
@Injectable()
export class ApprovalStreams {
  readonly #watchers = new Set<Watcher>();

  constructor(
    private readonly approvals: ApprovalRepository,
    private readonly people: People,
    private readonly lifetime: ServiceLifetime,
  ) {}

  /**
   * Steps from now on: whoever opens it reads the list afterwards, and misses nothing.
   * @param mayStillRead asked with each sign of life: a stream outlives neither its reader's session nor their key
   * @throws KnownError OVERLOADED when as many watch as may, or this reader alone
   */
  open(reader: StreamReader, mayStillRead: () => Promise<boolean>): Readable {
    const own = [...this.#watchers].filter(({ name }) => name === reader.name).length;
    if (this.#watchers.size >= STREAMS_MAX || own >= STREAMS_OF_ONE_MAX) {
      throw new KnownError('OVERLOADED');
    }
    const stream = new PassThrough();
    const watcher = { ...reader, stream };
    const end = (): void => void stream.end();
    const beat = async (): Promise<void> => {
      // Who cannot be told apart now (the database is away) reads on until they can.
      if (await mayStillRead().catch(() => true)) {
        if (!stream.writableEnded) stream.write(': still here\n\n');
      } else {
        end();
      }
    };
    const heartbeat = setInterval(() => void beat(), HEARTBEAT_MS);
    const life = setTimeout(end, LIFE_MAX_MS);
    this.#watchers.add(watcher);
    this.lifetime.stopping.addEventListener('abort', end, { once: true });
    stream.once('close', () => {
      this.#watchers.delete(watcher);
      clearInterval(heartbeat);
      clearTimeout(life);
      this.lifetime.stopping.removeEventListener('abort', end);
    });
    stream.write(`retry: ${RETRY_MS}\n\n`);
    return stream;
  }

  /** Reads what has changed once for all watchers. */
  async tell(changes: readonly ApprovalChangedData[]): Promise<void> {
    const watchers = [...this.#watchers];
    const wanted = changes.filter(({ merchantId }) => watchers.some((watcher) => sees(watcher, merchantId)));
    if (wanted.length === 0) {
      return;
    }
    const found = await this.approvals.findByIds([...new Set(wanted.map(({ approvalId }) => approvalId))]);
    for (const one of await this.people.withCountingVotes(found)) {
      const seeing = watchers.filter((each) => sees(each, one.approval.merchantId));
      for (const seesRules of [true, false]) {
        const message = `event: approval\ndata: ${JSON.stringify(toApprovalAnswer(one, { seesRules }))}\n\n`;
        seeing.filter((each) => each.seesRules === seesRules).forEach(({ stream }) => write(stream, message));
      }
    }
  }
}

function sees(watcher: Watcher, merchantId: string): boolean {
  return watcher.merchantId === undefined || watcher.merchantId === merchantId;
}

function write(stream: PassThrough, message: string): void {
  if (stream.writableEnded) {
    return;
  }
  if (stream.writableLength > UNREAD_MAX) {
    stream.destroy();
    return;
  }
  stream.write(message);
}
