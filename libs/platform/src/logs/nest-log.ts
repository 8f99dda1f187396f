import type { LoggerService } from '@nestjs/common';
import type { Log } from './log.ts';

/** Nest's own parts, whose information lines tell an operator nothing. */
const CHATTY = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
  'NestMicroservice',
]);

/** Takes what Nest and `new Logger(...)` write into the one log; objects among the arguments are not written. */
export class NestLog implements LoggerService {
  constructor(private readonly output: Log) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write(CHATTY.has(contextOf(rest) ?? '') ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(level: 'debug' | 'info' | 'warn' | 'error' | 'fatal', message: unknown, rest: unknown[]): void {
    const error = [message, ...rest].find((argument) => argument instanceof Error);
    const text = typeof message === 'string' ? message : (error?.message ?? 'An object was logged');
    this.output[level](text, { component: contextOf(rest), ...(error === undefined ? {} : { error }) });
  }
}

/** Nest passes the name of the class that logs as the last argument. */
function contextOf(rest: unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' && !last.includes('\n') ? last : undefined;
}
