import { pino, type DestinationStream, type Level, type Logger } from 'pino';
import { currentTraceId } from '../trace/correlation.ts';
import type { LogFields } from './log-fields.ts';
import { LogRecords } from './log-record.ts';

const STDOUT = 1;

/** How a log is made. */
export interface LogOptions {
  readonly service: string;
  readonly level: string;
  /** Values to be struck out wherever they appear. */
  readonly secrets?: readonly string[];
  /** Default: standard output, written synchronously so that nothing is lost when the process dies. */
  readonly destination?: DestinationStream;
}

/**
 * JSON lines on standard output. A line is a constant text and allow-listed fields ({@link LogFields}); there is
 * no way to log a body, headers or an arbitrary object.
 */
export class Log {
  private constructor(
    private readonly pinoLog: Logger,
    private readonly records: LogRecords,
  ) {}

  static create({ service, level, secrets, destination }: LogOptions): Log {
    const options = {
      level,
      base: { service, pid: process.pid },
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
      mixin: () => {
        const traceId = currentTraceId();
        return traceId === undefined ? {} : { traceId };
      },
    };
    // Not pino's own default, which opens process.stdout: with that, a process whose reader has gone hangs in exit.
    const output = destination ?? pino.destination({ dest: STDOUT, sync: true });
    return new Log(pino(options, output), new LogRecords(secrets));
  }

  /** The same log under the name of a part of the service. */
  for(component: string): Log {
    return new Log(this.pinoLog.child({ component }), this.records);
  }

  /** False if a debug line would be thrown away: hot paths ask before they build one. */
  isDebug(): boolean {
    return this.pinoLog.isLevelEnabled('debug');
  }

  debug(message: string, fields?: LogFields): void {
    this.write('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.write('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.write('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.write('error', message, fields);
  }

  fatal(message: string, fields?: LogFields): void {
    this.write('fatal', message, fields);
  }

  private write(level: Level, message: string, fields: LogFields | undefined): void {
    if (this.pinoLog.isLevelEnabled(level)) {
      this.pinoLog[level](fields === undefined ? {} : this.records.toFields(fields), this.records.toText(message));
    }
  }
}
