import { readFileSync, readdirSync } from 'node:fs';

/** The kernel counts CPU time in hundredths of a second, see proc(5). */
const MS_PER_TICK = 10;

/** CPU milliseconds used so far, by what used them. */
export type CpuUsage = Readonly<Record<string, number>>;

interface Stat {
  readonly parent: number;
  readonly ownMs: number;
  /** Of children that have ended and were waited for. */
  readonly childrenMs: number;
}

/** CPU time of a process, in milliseconds; 0 when it is gone. */
export function cpuOf(pid: number): number {
  return readStat(pid)?.ownMs ?? 0;
}

/**
 * CPU time of PostgreSQL: in all, children that are gone included, and by who was served. Connections say in their
 * title whose they are; the others are PostgreSQL's own (checkpointer, WAL writer …).
 */
export function cpuOfPostgres(postmaster: number): { total: number; byUser: CpuUsage } {
  const own = readStat(postmaster);
  let total = own === undefined ? 0 : own.ownMs + own.childrenMs;
  const byUser: Record<string, number> = {};
  for (const pid of listPids()) {
    const stat = readStat(pid);
    if (stat?.parent !== postmaster) continue;
    total += stat.ownMs;
    const user = titleOf(pid);
    byUser[user] = (byUser[user] ?? 0) + stat.ownMs;
  }
  return { total, byUser };
}

/** Resident memory in MB (2^20 bytes): now, and at most since the start; zeros when the process is gone. */
export function memoryOf(pid: number): { nowMb: number; peakMb: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const read = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
    return { nowMb: read('VmRSS') / 1024, peakMb: read('VmHWM') / 1024 };
  } catch {
    return { nowMb: 0, peakMb: 0 };
  }
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // "pid (name) state ppid …": the name may hold anything, so the fields are counted from the last bracket.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = (index: number): number => Number(fields[index] ?? 0);
    return {
      parent: ticks(1),
      ownMs: (ticks(11) + ticks(12)) * MS_PER_TICK,
      childrenMs: (ticks(13) + ticks(14)) * MS_PER_TICK,
    };
  } catch {
    return undefined;
  }
}

function listPids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** A connection's title is `postgres: user database 127.0.0.1(port) state`. */
function titleOf(pid: number): string {
  try {
    const title = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return /^postgres: (\S+) \S+ [\d.]+\(\d+\)/.exec(title)?.[1] ?? 'background';
  } catch {
    return 'background';
  }
}
