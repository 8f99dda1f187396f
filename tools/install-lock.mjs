// Keeps two commands in one checkout from installing or building at once. Plain JavaScript for the reason told in
// bootstrap.mjs.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 200;

/**
 * Takes the lock, waiting for a living holder and clearing up after a dead one.
 * @param {string} file made by linking a written file, so that it is never there without its holder inside
 * @param {(holder: string) => void} onWait called once, when somebody else holds the lock
 * @returns {Promise<() => void>} gives the lock back
 */
export async function takeLock(file, onWait) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, identityOf(process.pid));
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  let waited = false;
  try {
    while (!tryLink(own, file)) {
      const holder = readText(file);
      if (holder === undefined) continue;
      if (isStale(holder)) {
        takeAway(file, holder);
        continue;
      }
      if (!waited) onWait(holder.split(' ')[0]);
      waited = true;
      await delay(POLL_MS);
    }
  } catch (error) {
    process.off('exit', release);
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return () => {
    process.off('exit', release);
    release();
  };
}

function tryLink(own, file) {
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a dead holder's lock. Whoever was quicker may hold a new one by now: that one is put back. */
function takeAway(file, staleHolder) {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readText(aside) !== staleHolder) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function isStale(holder) {
  const pid = Number.parseInt(holder, 10);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return true;
  }
  return identityOf(pid) !== holder;
}

/** A pid and, where the system tells, when that process started: a reused pid is somebody else. */
function identityOf(pid) {
  const stat = readText(`/proc/${pid}/stat`);
  const afterName = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (afterName === undefined) return String(pid);
  return afterName[0] === 'Z' ? `${pid} ended` : `${pid} ${afterName[19]}`;
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
