import path from 'node:path';
import { parse, UsageError } from '../launcher/start-options.ts';
import type { StageOptions } from './stage.ts';

export interface ConformanceOptions {
  readonly stage: StageOptions;
  /** Part of the rows' names; undefined for all. */
  readonly only: string | undefined;
  /** Where webhooks come in, on this machine; undefined: nobody listens. */
  readonly webhookPort: number | undefined;
  /** Absolute; undefined: a file named after the date. */
  readonly reportFile: string | undefined;
}

export const CONFORMANCE_USAGE = `usage: npm run conformance -- --url URL --key KEY [options]

  Asks a server that speaks Primer's API v2.4 everything that the documents say and leave open, shows a table of what it
  answered and writes a report. It makes payments, captures and refunds them: never point it at production.

  --url URL             https://api.sandbox.primer.io, or an emulator
  --key KEY             the API key; environment PRIMER_API_KEY
  --operator TOKEN      of the emulator's control API, which brings about what a sandbox cannot;
                        environment TOLLGATE_OPERATOR_TOKEN
  --token TOKEN         a vaulted token, for servers without --operator: every payment is made with it
  --attempt ID          an attempt that awaits approval; one for each row about attempts, as often as you have them
  --second-key KEY      another merchant's key: what is ours must not exist for it
  --scopeless-key KEY   a key with none of the scopes that these calls need
  --webhook-port PORT   listens here for the server's webhooks and refuses one, to see how it is tried again; their
                        address at the server has to lead here. Environment PRIMER_WEBHOOK_SECRET: what signs them
  --currency CODE       of the payments (default EUR)
  --only TEXT           only rows whose name contains this, such as refundPayment or 409
  --report FILE         where the report is written (default .tollgate/conformance/<date>.json)
  --help                this text

  Exit codes: 0 every documented answer that was tried came as documented, 1 one did not, 2 the options make no sense,
  3 the server cannot be reached or refuses the key. What could not be brought about is "not tried" and fails nothing.`;

/** @throws UsageError */
export function parseConformanceOptions(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): ConformanceOptions | 'help' {
  const values = parse(args, {
    url: { type: 'string' },
    key: { type: 'string' },
    operator: { type: 'string' },
    token: { type: 'string' },
    attempt: { type: 'string', multiple: true, default: [] },
    'second-key': { type: 'string' },
    'scopeless-key': { type: 'string' },
    'webhook-port': { type: 'string' },
    currency: { type: 'string', default: 'EUR' },
    only: { type: 'string' },
    report: { type: 'string' },
    help: { type: 'boolean', default: false },
  });
  if (values.help) return 'help';
  const apiKey = values.key ?? environment['PRIMER_API_KEY'];
  if (apiKey === undefined || apiKey === '') throw new UsageError('--key is missing');
  const webhookSecret = environment['PRIMER_WEBHOOK_SECRET'];
  const operatorToken = values.operator ?? environment['TOLLGATE_OPERATOR_TOKEN'];
  return {
    stage: {
      url: parseUrl(values.url),
      apiKey,
      attemptIds: values.attempt,
      currency: values.currency,
      ...(operatorToken === undefined ? {} : { operatorToken }),
      ...(webhookSecret === undefined ? {} : { webhookSecret }),
      ...(values.token === undefined ? {} : { vaultedToken: values.token }),
      ...(values['second-key'] === undefined ? {} : { secondApiKey: values['second-key'] }),
      ...(values['scopeless-key'] === undefined ? {} : { scopelessApiKey: values['scopeless-key'] }),
    },
    webhookPort: values['webhook-port'] === undefined ? undefined : parsePort(values['webhook-port']),
    only: values.only,
    reportFile: values.report === undefined ? undefined : path.resolve(values.report),
  };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--webhook-port takes a port, not "${text}"`);
}

/** The one host that must never be asked: its payments are real. */
const PRODUCTION_HOST = 'api.primer.io';

function parseUrl(text: string | undefined): string {
  if (text === undefined) throw new UsageError('--url is missing');
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new UsageError(`--url takes an address, not "${text}"`);
  if (url.hostname === PRODUCTION_HOST) throw new UsageError('production is no place for this: payments would be real');
  return url.href.replace(/\/$/, '');
}
