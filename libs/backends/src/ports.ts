import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';

import { BackendError } from './backend.errors.ts';
import { commandLineOf } from './processes.ts';

/**
 * Free ports are looked for below the range from which the kernel serves outgoing connections (32768 and up on
 * Linux): a server that is killed and restarted must find its port still free.
 */
const FREE_PORT_MIN = 20_000;
const FREE_PORT_MAX = 32_000;
const FREE_PORT_TRIES_MAX = 200;

/** A port of 127.0.0.1 that nobody listens on now. */
export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < FREE_PORT_TRIES_MAX; tries += 1) {
    const port = FREE_PORT_MIN + Math.floor(Math.random() * (FREE_PORT_MAX - FREE_PORT_MIN));
    if (await isPortFree(port)) return port;
  }
  throw new BackendError('PORT_TAKEN', `no free port between ${FREE_PORT_MIN} and ${FREE_PORT_MAX}`, {
    advice: 'Stop some of the servers on this machine.',
  });
}

/** Whether a server could listen on this port of `host` now. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/**
 * Throws `PORT_TAKEN` when somebody listens on the port already, naming the process where the system tells and the
 * variable that moves the port.
 */
export async function assertPortFree({
  port,
  host = '127.0.0.1',
  purpose,
  variable,
}: {
  port: number;
  host?: string;
  purpose: string;
  variable?: string;
}): Promise<void> {
  if (await isPortFree(port, host)) return;
  const holder = findListener(port);
  const by = holder === undefined ? 'another process' : `process ${holder.pid} (${holder.command})`;
  const move = variable === undefined ? '' : `, or move ${purpose} with ${variable}=<port>`;
  throw new BackendError('PORT_TAKEN', `port ${port}, needed for ${purpose}, is taken by ${by}`, {
    advice: `Stop ${holder === undefined ? 'that process' : `process ${holder.pid}`}${move}.`,
  });
}

/** The process that listens on a TCP port, as far as this user may know it. */
export function findListener(port: number): { pid: number; command: string } | undefined {
  const pid = process.platform === 'linux' ? findListenerInProc(port) : findListenerByLsof(port);
  return pid === undefined ? undefined : { pid, command: shorten(commandLineOf(pid)) };
}

function findListenerInProc(port: number): number | undefined {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeningInodes(file, port)));
  if (inodes.size === 0) return undefined;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => openSocketInodes(pid).some((inode) => inodes.has(inode)));
}

/** Inodes of the sockets that listen on `port`; the columns are those of proc(5): local address 1, state 3, inode 9. */
function listeningInodes(file: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return readLines(file)
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(`:${hexPort}`) === true && columns[3] === '0A')
    .map((columns) => columns[9] ?? '');
}

function openSocketInodes(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => socketInode(`/proc/${pid}/fd/${descriptor}`));
  } catch {
    return [];
  }
}

function socketInode(link: string): string[] {
  try {
    return [/^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1] ?? ''];
  } catch {
    return [];
  }
}

function findListenerByLsof(port: number): number | undefined {
  const found = spawnSync('lsof', ['-nP', '-t', `-iTCP:${port}`, '-sTCP:LISTEN'], { encoding: 'utf8' });
  const pid = Number.parseInt(found.stdout ?? '', 10);
  return Number.isNaN(pid) ? undefined : pid;
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** Enough of a command line to recognise it by: Java's class paths run to thousands of characters. */
function shorten(command: string): string {
  const LENGTH_MAX = 80;
  return command.length <= LENGTH_MAX ? command || 'name unknown' : `${command.slice(0, LENGTH_MAX - 1)}…`;
}
