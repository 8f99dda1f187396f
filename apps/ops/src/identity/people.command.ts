import { emailAddress, KnownError, personName, type Role, roleName, ROLES } from '@tollgate/contracts';
import { toInvitationLink } from '@tollgate/identity';
import { EXIT, type ExitCode } from '../command-line/exit-code.policy.ts';
import { parseOptions } from '../command-line/options.service.ts';
import { runCommandLine } from '../command-line/run-command-line.command.ts';
import { UsageError } from '../command-line/usage.errors.ts';
import { readOpsSettings } from '../ops.config.ts';
import { Console } from '../output/console.service.ts';
import { type IdentityDesk, withIdentity } from './identity-connection.service.ts';
import { reportPeople } from './identity-report.service.ts';
import { INVITE_USAGE, PEOPLE_USAGE } from './identity-usage.policy.ts';

const out = new Console();
const INVITE_OPTIONS = { role: { type: 'string' }, name: { type: 'string' } } as const;

/** `ops people …` */
export function runPeople(args: readonly string[]): Promise<ExitCode> {
  return runCommandLine(args, PEOPLE_USAGE, {
    'invite-admin': (rest) => invite(rest, 'first admin'),
    invite: (rest) => invite(rest, 'somebody'),
    list,
    role: changeRole,
    disable: (rest) => setDisabled(rest, true),
    enable: (rest) => setDisabled(rest, false),
  });
}

async function invite(args: readonly string[], whom: 'first admin' | 'somebody'): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, INVITE_OPTIONS);
  if (values.help) return tell(INVITE_USAGE);
  const email = parseEmail(positionals, 1);
  const role = whom === 'first admin' ? 'admin' : parseRole(values.role);
  const name = personName.safeParse(values.name ?? email);
  if (!name.success) throw new UsageError('--name takes one line of at most 120 characters');
  const settings = readOpsSettings(values['data-dir']);
  const person = { email, displayName: name.data, role };
  const { token, expiresAt } = await withIdentity(settings, ({ invitations }) =>
    whom === 'first admin'
      ? invitations.inviteFirstAdmin(person, settings.operator)
      : invitations.invite(person, settings.operator),
  );
  const link = toInvitationLink(settings.publicUrl, token);
  if (values.json) out.json({ email, role, link, expiresAt });
  else {
    out.remark(`${email} comes in as ${role} by this link, once, until ${expiresAt.toISOString()}:`);
    out.say(link);
  }
  return EXIT.DONE;
}

async function list(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseOptions(args, {});
  if (values.help) return tell(PEOPLE_USAGE);
  const people = await withIdentity(readOpsSettings(values['data-dir']), (desk) => desk.people.list());
  if (values.json) out.json(people);
  else if (people.length > 0) out.say(reportPeople(people));
  if (people.length > 0) return EXIT.DONE;
  out.remark('there is nobody: "people invite-admin" invites the first one');
  return EXIT.NOTHING_FOUND;
}

async function changeRole(args: readonly string[]): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {});
  if (values.help) return tell(PEOPLE_USAGE);
  const email = parseEmail(positionals, 2);
  const role = parseRole(positionals[1]);
  return change(values, email, ({ people }, by) => people.changeRole(email, role, by), `is ${role}`);
}

async function setDisabled(args: readonly string[], disabled: boolean): Promise<ExitCode> {
  const { values, positionals } = parseOptions(args, {});
  if (values.help) return tell(PEOPLE_USAGE);
  const email = parseEmail(positionals, 1);
  const state = disabled ? 'is disabled' : 'is active';
  return change(values, email, ({ people }, by) => people.setDisabled(email, disabled, by), state);
}

async function change(
  values: { json: boolean; 'data-dir': string },
  email: string,
  work: (desk: IdentityDesk, by: string) => Promise<boolean>,
  state: string,
): Promise<ExitCode> {
  const settings = readOpsSettings(values['data-dir']);
  try {
    const changed = await withIdentity(settings, (desk) => work(desk, settings.operator));
    if (values.json) out.json({ email, changed });
    else out.say(changed ? `${email} ${state}, and signed out everywhere` : `${email} ${state} already`);
    return EXIT.DONE;
  } catch (error) {
    if (error instanceof KnownError && error.code === 'PERSON_NOT_FOUND') {
      out.remark(`there is nobody called ${email}`);
      return EXIT.NOTHING_FOUND;
    }
    throw error;
  }
}

function parseEmail(words: readonly string[], count: number): string {
  const parsed = emailAddress.safeParse(words[0]);
  if (!parsed.success || words.length !== count) {
    throw new UsageError(`name one person by their e-mail address\n\n${PEOPLE_USAGE}`);
  }
  return parsed.data;
}

function parseRole(text: string | undefined): Role {
  const parsed = roleName.safeParse(text);
  if (!parsed.success) throw new UsageError(`say which role: ${ROLES.join(', ')}`);
  return parsed.data;
}

function tell(usage: string): ExitCode {
  out.say(usage);
  return EXIT.DONE;
}
