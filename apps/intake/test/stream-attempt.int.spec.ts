import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AttemptConcluded, AttemptDecided, AttemptTokenised, topicName } from '@tollgate/contracts';
import {
  concludedAttempt,
  decidedAttempt,
  eventually,
  foreignRecord,
  testDatabase,
  testRecords,
  testTopicPrefix,
} from '@tollgate/testing';
import { AttemptWatch } from '../src/answers/attempt-watch.service.ts';
import {
  attemptBody,
  attemptWithStatus,
  eventsAbout,
  type IntakeService,
  OPERATOR_TOKEN,
  prepareIntake,
  SHOPS,
  startIntake,
  stopIntake,
} from './intake-service.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
let intake: IntakeService;

beforeAll(async () => {
  intake = await startIntake(await prepareIntake(database, topics));
}, 60_000);

afterAll(() => stopIntake(intake));

/** A stream as an EventSource reads it. */
class EventStream {
  readonly #end = new AbortController();
  #text = '';
  #isOver = false;
  headers = new Headers();
  status = 0;

  static async open(path: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const stream = new EventStream();
    const answer = await fetch(`${intake.url}${path}`, { headers, signal: stream.#end.signal });
    stream.headers = answer.headers;
    stream.status = answer.status;
    void stream.#read(answer);
    return stream;
  }

  get statuses(): string[] {
    return [...this.#text.matchAll(/^id: (\w+)$/gm)].map(([, id]) => id ?? '');
  }

  get messages(): Array<{ status: string; outcome?: object }> {
    return [...this.#text.matchAll(/^data: (.*)$/gm)].map(
      ([, data]) => JSON.parse(data ?? '') as { status: string; outcome?: object },
    );
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  leave(): void {
    this.#end.abort();
  }

  async #read(answer: Response): Promise<void> {
    try {
      const decoder = new TextDecoder();
      for await (const chunk of answer.body ?? []) {
        this.#text += decoder.decode(chunk as Uint8Array, { stream: true });
      }
    } catch {
      // The test has left.
    }
    this.#isOver = true;
  }
}

async function posted() {
  const body = attemptBody();
  const answer = await intake.ask('/v1/attempts', { body });
  const [announced] = await eventsAbout({ records, topics }, AttemptTokenised, { ...body, count: 1 });
  return { id: body.paymentAttemptId, links: answer.body.links!, announced: announced!.data };
}

type Posted = Awaited<ReturnType<typeof posted>>;
const decide = ({ announced }: Posted) =>
  records.send(topicName('decisions', topics.prefix), foreignRecord(AttemptDecided, decidedAttempt(announced)));
const conclude = ({ announced }: Posted) =>
  records.send(topicName('outcomes', topics.prefix), foreignRecord(AttemptConcluded, concludedAttempt(announced)));
const asShop = { authorization: `Bearer ${SHOPS.one.key}` };

describe('the event stream of an attempt', () => {
  it('shows the state first, then each change, and ends with the outcome', async () => {
    const attempt = await posted();
    const stream = await EventStream.open(attempt.links['events']!, asShop);
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.headers.get('cache-control')).toBe('no-store');
    await eventually(() => expect(stream.statuses).toEqual(['RECEIVED']));
    await decide(attempt);
    await eventually(() => expect(stream.statuses).toEqual(['RECEIVED', 'DECIDED']));
    await conclude(attempt);
    await eventually(() => expect(stream.isOver).toBe(true));
    expect(stream.statuses).toEqual(['RECEIVED', 'DECIDED', 'APPROVED']);
    expect(stream.messages.at(-1)).toMatchObject({ status: 'APPROVED', outcome: { charged: 'yes' } });
  });

  it('opens to a browser by the link with the read token, from any page, and to no other attempt', async () => {
    const attempt = await posted();
    const stream = await EventStream.open(attempt.links['browserEvents']!);
    expect(stream.status).toBe(200);
    expect(stream.headers.get('access-control-allow-origin')).toBe('*');
    await eventually(() => expect(stream.statuses).toEqual(['RECEIVED']));
    stream.leave();
    const another = await posted();
    const token = attempt.links['browserEvents']!.split('=')[1]!;
    const refused = await EventStream.open(`${another.links['events']}?token=${token}`);
    expect(refused.status).toBe(401);
  });

  it('opens to operators', async () => {
    const attempt = await posted();
    const stream = await EventStream.open(attempt.links['events']!, { authorization: `Bearer ${OPERATOR_TOKEN}` });
    await eventually(() => expect(stream.statuses).toEqual(['RECEIVED']));
    stream.leave();
  });

  it('shows who comes back only what it has not seen, and sends it away for good after the outcome', async () => {
    const attempt = await posted();
    const seen = { ...asShop, 'last-event-id': 'RECEIVED' };
    const stream = await EventStream.open(attempt.links['events']!, seen);
    await decide(attempt);
    await eventually(() => expect(stream.statuses).toEqual(['DECIDED']));
    await conclude(attempt);
    await eventually(() => expect(stream.isOver).toBe(true));
    await attemptWithStatus(intake, attempt.id, 'APPROVED');
    const late = await EventStream.open(attempt.links['events']!, seen);
    await eventually(() => expect(late.isOver).toBe(true));
    expect(late.statuses).toEqual(['APPROVED']);
    const done = await EventStream.open(attempt.links['events']!, { ...asShop, 'last-event-id': 'APPROVED' });
    expect(done.status).toBe(204);
  });

  it('is forgotten when its reader has gone', async () => {
    const watch = intake.app.get(AttemptWatch);
    await eventually(() => expect(watch.watchedCount).toBe(0));
    const attempt = await posted();
    const stream = await EventStream.open(attempt.links['events']!, asShop);
    expect(watch.watchedCount).toBe(1);
    stream.leave();
    await eventually(() => expect(watch.watchedCount).toBe(0));
  });
});
