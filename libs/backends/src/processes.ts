import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** How often a process that is being waited for is looked at. */
const POLL_INTERVAL_MS = 25;

export interface DetachedCommand {
  command: string;
  args: readonly string[];
  /** Receives stdout and stderr, appended, so that the process can outlive the one that started it. */
  logFile: string;
  environment?: NodeJS.ProcessEnv;
  workingDirectory?: string;
  uid?: number;
  gid?: number;
}

/**
 * Starts a process in a session of its own: a Ctrl-C in the terminal, which reaches the whole process group, does not
 * reach it, so its owner decides when it goes.
 */
export function spawnDetached(command: DetachedCommand): ChildProcess {
  mkdirSync(path.dirname(command.logFile), { recursive: true });
  const log = openSync(command.logFile, 'a', 0o600);
  try {
    const child = spawn(command.command, command.args, {
      detached: true,
      stdio: ['ignore', log, log],
      env: command.environment ?? process.env,
      ...(command.workingDirectory === undefined ? {} : { cwd: command.workingDirectory }),
      ...(command.uid === undefined ? {} : { uid: command.uid }),
      ...(command.gid === undefined ? {} : { gid: command.gid }),
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/**
 * Whether a process runs. A zombie does not: it only waits for a parent that may never reap it. While other threads of
 * it are still ending it does, for they hold its sockets.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return processState(pid) !== 'Z' || threadCount(pid) > 1;
}

/** The command line of a running process, arguments joined by spaces; empty when it is gone or may not be read. */
export function commandLineOf(pid: number): string {
  if (existsSync('/proc/self/cmdline')) {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
}

/** The pid that a pid file names, if that process runs and its command line contains `marker`; a reused pid does not count. */
export function findOwnProcess({ pidFile, marker }: { pidFile: string; marker: string }): number | undefined {
  const pid = readPid(pidFile);
  if (pid === undefined || !isAlive(pid)) return undefined;
  return commandLineOf(pid).includes(marker) ? pid : undefined;
}

/** The first line of a pid file as a number; undefined without the file or without a number in it. */
export function readPid(pidFile: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Sends `signal`, waits up to `patienceMs`, then kills; resolves when the process is gone. */
export async function stopProcess({
  pid,
  signal,
  patienceMs,
}: {
  pid: number;
  signal: NodeJS.Signals;
  patienceMs: number;
}): Promise<void> {
  sendSignal(pid, signal);
  if (await waitForEnd(pid, patienceMs)) return;
  sendSignal(pid, 'SIGKILL');
  await waitForEnd(pid, patienceMs);
}

/** Sends a signal; a process that is gone already is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function waitForEnd(pid: number, patienceMs: number): Promise<boolean> {
  const giveUpAt = performance.now() + patienceMs;
  while (isAlive(pid)) {
    if (performance.now() > giveUpAt) return false;
    await delay(POLL_INTERVAL_MS);
  }
  return true;
}

function processState(pid: number): string | undefined {
  try {
    // "pid (name) state …": the name may hold blanks and brackets, so the state follows the last bracket.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3);
  } catch {
    return undefined;
  }
}

function threadCount(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
}
