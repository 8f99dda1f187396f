import { spawn } from 'node:child_process';

/**
 * Waits for the end of its input, which the kernel closes when the starting process dies, however it dies. A line
 * `release` before that means: nothing to clear up. It kills only a process whose command line names the folder,
 * so a reused pid is safe; where there is no /proc the pid file is trusted. PostgreSQL is told to quit at once
 * (SIGQUIT) before it is killed, or it would leave shared memory behind.
 */
const GUARD_SCRIPT = `
read -r word && [ "$word" = release ] && exit 0
pid=$(cat "$PID_FILE" 2>/dev/null)
if [ -n "$pid" ] && { [ ! -r "/proc/$pid/cmdline" ] || tr '\\0' ' ' <"/proc/$pid/cmdline" | grep -qF -- "$DIRECTORY"; }; then
  kill -s "$SIGNAL" "$pid" 2>/dev/null
  tries=0
  while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -9 "$pid" 2>/dev/null
fi
rm -rf -- "$DIRECTORY"
`;

/**
 * Has a backend killed and its folder removed when this process ends without having done so itself. A shell of a
 * megabyte does the waiting: it survives what this process does not.
 */
export function startGuard({
  pidFile,
  directory,
  signal,
}: {
  pidFile: string;
  directory: string;
  signal: 'QUIT' | 'KILL';
}): { release(): void } {
  const guard = spawn('/bin/sh', ['-c', GUARD_SCRIPT], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH, PID_FILE: pidFile, DIRECTORY: directory, SIGNAL: signal },
  });
  guard.unref();
  // The pipe must not keep this process alive either; a guard that is gone makes the write fail, which is harmless.
  guard.stdin.on('error', () => {});
  (guard.stdin as unknown as { unref?: () => void }).unref?.();
  return { release: () => void guard.stdin.end('release\n') };
}
