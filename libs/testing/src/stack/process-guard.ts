import { spawn } from 'node:child_process';

/**
 * Reads lines until its input ends, which the kernel sees to when the test process dies, however it dies. Then it
 * kills what was registered and not taken back, and removes the registered folders. A pid is killed only while its
 * command line still holds the marker it was registered with, so a reused pid is safe; without /proc it is trusted.
 */
const GUARD_SCRIPT = `
processes=
folders=
while read -r what value marker; do
  case "$what" in
    process) processes="$processes $value|$marker" ;;
    ended) kept=; for each in $processes; do [ "\${each%%|*}" = "$value" ] || kept="$kept $each"; done; processes=$kept ;;
    folder) folders="$folders $value" ;;
  esac
done
for each in $processes; do
  pid=\${each%%|*}
  marker=\${each#*|}
  if [ ! -d /proc/self ] || tr '\\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF -- "$marker"; then
    kill -9 "$pid" 2>/dev/null
  fi
done
for folder in $folders; do rm -rf -- "$folder"; done
`;

let input: NodeJS.WritableStream | undefined;

/**
 * Sees to it that a process dies with this test process, at the latest.
 * @param marker a part of its command line without blanks, by which it is recognised
 */
export function guardProcess(pid: number, marker: string): void {
  tell(`process ${pid} ${marker}`);
}

/** Takes a process back that has ended: its pid may soon be another's. */
export function releaseProcess(pid: number): void {
  tell(`ended ${pid}`);
}

/** Sees to it that a temporary folder (no blanks in its path) is removed when this test process ends, at the latest. */
export function guardFolder(folder: string): void {
  tell(`folder ${folder}`);
}

function tell(line: string): void {
  input ??= startGuard();
  input.write(`${line}\n`);
}

function startGuard(): NodeJS.WritableStream {
  const guard = spawn('/bin/sh', ['-c', GUARD_SCRIPT], {
    // A session of its own: the Ctrl-C that ends the tests must not end their guard.
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  return guard.stdin;
}
