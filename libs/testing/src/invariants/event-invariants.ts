import {
  AttemptConcluded,
  AttemptDecided,
  AttemptTokenised,
  PaymentDisputeReported,
  PaymentStatusReported,
} from '@tollgate/contracts';
import type { AttemptDecidedData } from '@tollgate/contracts';

import type { TopicRecord } from '../topic-reader.ts';
import { eventIdsOf, eventsOf, liveRecords } from './records.ts';
import type { Violation, World } from './world.types.ts';

/** Which services must have handled every event of a type; what others consume besides is their own business. */
const HANDLERS: readonly { type: string; services: readonly string[] }[] = [
  { type: AttemptTokenised.type, services: ['risk'] },
  { type: AttemptDecided.type, services: ['gateway'] },
  { type: AttemptConcluded.type, services: ['intake', 'ledger', 'risk'] },
  { type: PaymentStatusReported.type, services: ['ledger', 'risk'] },
  { type: PaymentDisputeReported.type, services: ['ledger', 'risk'] },
];

/** I2, I3, I8 and I9: what lies on the topics, and what was made of it. */
export function violationsOfEvents(world: World): Violation[] {
  return [
    ...unpublished(world),
    ...unequalCopies(world),
    ...unhandled(world),
    ...decidedTwice(world),
    ...deadLetters(world),
    ...lettersWithoutReason(world),
    ...redriven(world),
    ...secretsShown(world),
  ];
}

/** I2: what was committed is on its topic. The outbox itself is part of the backlog. */
function unpublished(world: World): Violation[] {
  const announced = new Set([...eventsOf(world, AttemptTokenised).values()].map((data) => data.paymentAttemptId));
  const concluded = new Set([...eventsOf(world, AttemptConcluded).values()].map((data) => data.paymentAttemptId));
  const reported = new Set([...eventsOf(world, PaymentStatusReported).values()].map((data) => data.paymentId));
  const violation = (subject: string, problem: string): Violation => ({ invariant: 'I2', subject, problem });
  return [
    ...world.attempts
      .filter(({ attemptId }) => !announced.has(attemptId))
      .map(({ attemptId }) => violation(attemptId, 'was stored by intake and never announced')),
    ...world.actions
      .filter(({ attemptId }) => !concluded.has(attemptId))
      .map(({ attemptId }) => violation(attemptId, 'has an action at the gate and no outcome on the topic')),
    ...world.books.payments
      .filter(({ paymentId }) => !reported.has(paymentId))
      .map(({ paymentId }) => violation(paymentId, 'is in the books and was never reported on the topic')),
  ];
}

/** I2 and I3: an event may be published twice, but then it is the same event. */
function unequalCopies(world: World): Violation[] {
  const first = new Map<string, TopicRecord>();
  const conflicts = world.expectedDeadLetters.filter(({ code }) => code === 'EVENT_ID_CONFLICT');
  const planted = new Set(conflicts.map(({ eventId }) => eventId));
  return liveRecords(world).flatMap((record): Violation[] => {
    if (planted.has(record.headers.ce_id)) return [];
    const id = `${record.headers.ce_source ?? ''} ${record.headers.ce_id ?? ''}`;
    const copy = first.get(id);
    if (copy === undefined) {
      first.set(id, record);
      return [];
    }
    const same = copy.value === record.value && copy.headers.ce_time === record.headers.ce_time;
    return same ? [] : [{ invariant: 'I3', subject: id, problem: 'was published with two payloads or times' }];
  });
}

/** I3: one effect for each consumer and event. The inbox cannot hold two, so what is looked for is none. */
function unhandled(world: World): Violation[] {
  const handled = new Set(world.handled.map(({ service, eventId }) => `${service} ${eventId}`));
  return HANDLERS.flatMap(({ type, services }) =>
    [...eventIdsOf(world, type)].flatMap((eventId) =>
      services
        .filter((service) => !handled.has(`${service} ${eventId}`))
        .map((service): Violation => {
          return { invariant: 'I3', subject: eventId, problem: `${type} was not handled by ${service}` };
        }),
    ),
  );
}

/** I3: an attempt that is announced many times is evaluated once. */
function decidedTwice(world: World): Violation[] {
  const decisions = [...eventsOf<AttemptDecidedData>(world, AttemptDecided).values()].filter(
    ({ source }) => source === 'rules',
  );
  return [...Map.groupBy(decisions, ({ paymentAttemptId }) => paymentAttemptId)]
    .filter(([, ofAttempt]) => ofAttempt.length > 1)
    .map(([attemptId, { length }]): Violation => {
      return { invariant: 'I3', subject: attemptId, problem: `was decided ${length} times by the rules` };
    });
}

/** I8: dead letters are exactly the records that could not be handled. */
function deadLetters(world: World): Violation[] {
  const missing = world.expectedDeadLetters.map(nameOf);
  const surplus: string[] = [];
  for (const { headers, topic } of deadLetterRecords(world)) {
    const code = headers['tollgate-dead-letter-code'] ?? 'no code';
    const name = nameOf({ code, ...(headers.ce_id === undefined ? {} : { eventId: headers.ce_id }) });
    const place = missing.indexOf(name);
    if (place === -1) surplus.push(`${name}: ${headers['tollgate-dead-letter-reason'] ?? 'no reason'} (${topic})`);
    else missing.splice(place, 1);
  }
  return [
    ...missing.map((name): Violation => ({ invariant: 'I8', subject: name, problem: 'is no dead letter' })),
    ...surplus.map((name): Violation => ({ invariant: 'I8', subject: name, problem: 'is a dead letter' })),
  ];
}

/** I8: a dead letter tells its reason. */
function lettersWithoutReason(world: World): Violation[] {
  return deadLetterRecords(world)
    .filter(({ headers }) => (headers['tollgate-dead-letter-reason'] ?? '') === '')
    .map(({ topic, offset }): Violation => {
      return { invariant: 'I8', subject: `${topic} ${offset}`, problem: 'tells no reason' };
    });
}

/** Like any event, a dead letter may be published twice: the same failure of the same record is one letter. */
function deadLetterRecords({ records }: World): TopicRecord[] {
  const failures = records
    .filter(({ topic }) => topic.endsWith('.dlq'))
    .map((record) => {
      const { headers, topic } = record;
      const failure = ['code', 'topic', 'partition', 'offset', 'failed-at'].map(
        (part) => headers[`tollgate-dead-letter-${part}`],
      );
      return [JSON.stringify([topic, headers.ce_id, ...failure]), record] as const;
    });
  return [...new Map(failures).values()];
}

/** I8: a re-driven record has its effect once more at most, or is a dead letter again: never neither. */
function redriven(world: World): Violation[] {
  const diedAgain = new Set(
    world.records.filter(({ topic }) => topic.endsWith('.dlq')).map(({ headers }) => headers['tollgate-redrive-of']),
  );
  const rows = Map.groupBy(world.handled, ({ service, source, eventId }) => `${service} ${source} ${eventId}`);
  return liveRecords(world).flatMap(({ headers }): Violation[] => {
    const letter = headers['tollgate-redrive-of'];
    const consumer = headers['tollgate-redrive-for'];
    if (letter === undefined || consumer === undefined || diedAgain.has(letter)) return [];
    const name = `${consumer} ${headers.ce_source ?? ''} ${headers.ce_id ?? ''}`;
    const effects = (rows.get(name) ?? []).filter(({ status }) => status === 'done').length;
    const problem = `was re-driven, died no more, and had ${effects} effects`;
    return effects === 1 ? [] : [{ invariant: 'I8', subject: letter, problem }];
  });
}

function nameOf({ code, eventId }: { code: string; eventId?: string }): string {
  return `${code} of event ${eventId ?? 'without an id'}`;
}

/** I9: no secret, token or full card number in any log, topic or dead letter. */
function secretsShown({ secrets, logs, records }: World): Violation[] {
  const places = [
    ...logs.map(({ service, text }) => ({ place: `the log of ${service}`, text })),
    ...records.map(({ topic, headers, value }) => ({
      place: topic,
      text: `${JSON.stringify(headers)} ${value ?? ''}`,
    })),
  ];
  return secrets.flatMap(({ what, text: secret }) => {
    const shown = new Set(places.filter(({ text }) => text.includes(secret)).map(({ place }) => place));
    return [...shown].map((place): Violation => ({ invariant: 'I9', subject: what, problem: `shows in ${place}` }));
  });
}
