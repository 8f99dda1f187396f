import { spawnSync } from 'node:child_process';
import { chownSync, readFileSync } from 'node:fs';

import { BackendError } from './backend.errors.ts';

/** Who runs PostgreSQL: nobody special (this user), or, for root, an account of the system without rights. */
export interface PostgresAccount {
  /** The command and arguments that run `command` as this account. */
  asCommand(command: string, args: readonly string[]): { command: string; args: string[]; uid?: number; gid?: number };
  /** Hands a folder or file over to this account. */
  own(path: string): void;
}

/** Accounts that any system has or may have; none is made and none is changed. */
const ACCOUNT_NAMES = ['postgres', 'nobody'] as const;

/**
 * PostgreSQL refuses to run as root, so root lends it an existing account. Where that account cannot reach the files
 * (a checkout below /root) it keeps one right, to pass folders it does not own, by setpriv(1).
 * @throws BackendError `NO_UNPRIVILEGED_ACCOUNT`
 */
export function choosePostgresAccount(pathsToReach: readonly string[]): PostgresAccount {
  if (process.getuid?.() !== 0) {
    return { asCommand: (command, args) => ({ command, args: [...args] }), own: () => {} };
  }
  const account = findAccount();
  if (account === undefined) throw noAccount('there is no account "postgres" or "nobody"');
  const { uid, gid } = account;
  const own = (path: string): void => chownSync(path, uid, gid);
  if (pathsToReach.every((path) => canReach(path, account))) {
    return { asCommand: (command, args) => ({ command, args: [...args], uid, gid }), own };
  }
  const setpriv = [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
  ];
  if (spawnSync('setpriv', [...setpriv, 'true']).status !== 0) {
    throw noAccount(`the account "${account.name}" cannot reach ${pathsToReach.join(' and ')}`);
  }
  return { asCommand: (command, args) => ({ command: 'setpriv', args: [...setpriv, '--', command, ...args] }), own };
}

function findAccount(): { name: string; uid: number; gid: number } | undefined {
  const lines = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ACCOUNT_NAMES) {
    const [, , uid, gid] = lines.find((columns) => columns[0] === name) ?? [];
    if (uid !== undefined && gid !== undefined) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

function canReach(path: string, { uid, gid }: { uid: number; gid: number }): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', path], { uid, gid }).status === 0;
}

function noAccount(why: string): BackendError {
  return new BackendError('NO_UNPRIVILEGED_ACCOUNT', `PostgreSQL does not run as root, and ${why}`, {
    advice:
      'Run this as an ordinary user, move the checkout to a folder everybody can read (/opt, /srv), or set DATABASE_URL.',
  });
}
