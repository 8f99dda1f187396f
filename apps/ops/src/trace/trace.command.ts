import { paymentAttemptId } from '@tollgate/contracts';
import { type AssessedLetter, DeadLetterBox } from '@tollgate/messaging';
import { Log } from '@tollgate/platform';
import { EXIT, type ExitCode } from '../command-line/exit-code.policy.ts';
import { parseOptions } from '../command-line/options.service.ts';
import { SHARED_USAGE } from '../command-line/option-usage.policy.ts';
import { UsageError } from '../command-line/usage.errors.ts';
import { type OpsSettings, readOpsSettings } from '../ops.config.ts';
import { Console } from '../output/console.service.ts';
import { ServiceClient } from './service.client.ts';
import { isUnheardOf, toTimeline } from './timeline.policy.ts';
import { TraceAttemptHandler } from './trace-attempt.handler.ts';
import { reportTrace, traceIdOf } from './trace-report.service.ts';

const USAGE = `usage: npm run --silent ops -- trace ATTEMPT [options]

  What happened to one attempt, in all services: intake's timeline and clocks, risk's decision, the gateway's calls and
  incidents, webhooks and journal entries of the payment, dead letters. Who does not answer is named; the rest is shown.
  Exits with 3 when nobody has heard of the attempt, with 1 when that cannot be told because somebody does not answer.

  --merchant ID     whose attempt is meant, should two merchants name the same id
${SHARED_USAGE}`;

/** `ops trace` */
export async function runTrace(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, { merchant: { type: 'string' } });
  const out = new Console();
  if (values.help) {
    out.say(USAGE);
    return EXIT.DONE;
  }
  const [id] = positionals;
  if (id === undefined || positionals.length > 1) {
    throw new UsageError(`name one attempt\n\n${USAGE}`);
  }
  if (!paymentAttemptId.safeParse(id).success) {
    throw new UsageError(`"${id}" is no attempt id: those are UUIDs`);
  }
  const settings = readOpsSettings(values['data-dir']);
  const trace = await new TraceAttemptHandler(makeClients(settings), () => readDeadLetters(settings)).trace(
    id,
    values.merchant,
  );
  if (values.json) {
    out.json({ ...trace, traceId: traceIdOf(trace) ?? null, timeline: toTimeline(trace) });
  } else {
    out.say(reportTrace(trace));
  }
  if (!isUnheardOf(trace)) {
    return EXIT.DONE;
  }
  out.remark(`nobody who answers has heard of attempt ${id}`);
  return trace.gaps.length === 0 ? EXIT.NOTHING_FOUND : EXIT.FAILED;
}

function makeClients({ urls, operatorToken }: OpsSettings): ConstructorParameters<typeof TraceAttemptHandler>[0] {
  const client = (url: string): ServiceClient => new ServiceClient(url, operatorToken());
  return {
    intake: client(urls.intake),
    risk: client(urls.risk),
    gateway: client(urls.gateway),
    ledger: client(urls.ledger),
  };
}

async function readDeadLetters({ messaging, inboxOf }: OpsSettings): Promise<readonly AssessedLetter[]> {
  const log = Log.create({ service: 'ops', level: 'silent' });
  const box = await DeadLetterBox.open({ settings: messaging, inboxOf, log });
  try {
    return await box.list();
  } finally {
    await box.close();
  }
}
