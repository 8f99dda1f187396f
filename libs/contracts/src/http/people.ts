import { z } from 'zod';
import { roleName, scopeName } from '../principal.ts';

const instant = z.iso.datetime({ offset: true });

/** Longest password that is looked at; longer ones would only cost time. */
const PASSWORD_LENGTH_MAX = 256;

/** An e-mail address as people are known by it: in lower case. */
export const emailAddress = z
  .email({ error: 'an e-mail address expected' })
  .max(254, { error: 'at most 254 characters' })
  .toLowerCase()
  .meta({ examples: ['ann@shop.example'] });

/** A person's name as pages show it: one line. */
export const personName = z
  .string()
  .trim()
  .min(1, { error: 'must not be empty' })
  .max(120, { error: 'at most 120 characters' })
  .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), { error: 'one line of text expected' });

const password = z.string().min(1).max(PASSWORD_LENGTH_MAX);

/** `POST /session` */
export const signInBody = z.strictObject({ email: emailAddress, password });
export type SignInBody = z.output<typeof signInBody>;

/** Who has signed in, and what their page needs: `GET /session`. */
export const sessionAnswer = z
  .object({
    person: z.object({
      personId: z.uuid(),
      email: z.string(),
      displayName: z.string(),
      role: roleName,
      scopes: z.array(scopeName),
    }),
    csrfToken: z
      .string()
      .meta({ description: 'Goes into the header x-csrf-token of everything that changes something' }),
    expiresAt: instant.meta({ description: 'When the session ends however busy' }),
  })
  .meta({ id: 'Session' });
export type SessionAnswer = z.output<typeof sessionAnswer>;

/** How one can sign in here: `GET /session/ways`. */
export const signInWays = z.object({ password: z.boolean(), oidc: z.boolean() }).meta({ id: 'SignInWays' });
export type SignInWays = z.output<typeof signInWays>;

/** `POST /session/password` */
export const changePasswordBody = z.strictObject({ current: password, next: password });
export type ChangePasswordBody = z.output<typeof changePasswordBody>;

/** `POST /invitations` */
export const invitationBody = z.strictObject({ email: emailAddress, displayName: personName, role: roleName });
export type InvitationBody = z.output<typeof invitationBody>;

/** A link that works once; it is shown this once. */
export const invitationAnswer = z.object({ link: z.url(), expiresAt: instant }).meta({ id: 'Invitation' });
export type InvitationAnswer = z.output<typeof invitationAnswer>;

/** `POST /invitations/accept` */
export const acceptInvitationBody = z.strictObject({
  token: z.string().min(1).max(128),
  password,
  displayName: personName.optional(),
});
export type AcceptInvitationBody = z.output<typeof acceptInvitationBody>;

/** A person, to whoever manages people: `GET /people`. */
export const personAnswer = z
  .object({
    personId: z.uuid(),
    email: z.string(),
    displayName: z.string(),
    role: roleName,
    createdAt: instant,
    disabledAt: instant.nullable(),
    signsInBy: z.enum(['password', 'oidc']),
    openSessions: z.int(),
  })
  .meta({ id: 'Person' });
export type PersonAnswer = z.output<typeof personAnswer>;
export const peopleAnswer = z.object({ data: z.array(personAnswer) }).meta({ id: 'People' });
export type PeopleAnswer = z.output<typeof peopleAnswer>;

/** `PATCH /people/{personId}` */
export const changePersonBody = z
  .strictObject({ role: roleName.optional(), disabled: z.boolean().optional() })
  .refine(({ role, disabled }) => role !== undefined || disabled !== undefined, { error: 'nothing is to be changed' });
export type ChangePersonBody = z.output<typeof changePersonBody>;

export const personId = z.uuid({ error: 'a UUID expected' }).toLowerCase();

export const sessionExample: SessionAnswer = {
  person: {
    personId: '0b9c7a52-5f0e-4f0c-9c40-5a3b6f1f7a10',
    email: 'ann@shop.example',
    displayName: 'Ann',
    role: 'viewer',
    scopes: ['attempts:read', 'payments:read', 'approvals:read', 'risk:read', 'operations:read'],
  },
  csrfToken: 'jO2p2m2z0J1H7c7gqkX1yYc1s3d8a9bq3v2k5r6t7u8',
  expiresAt: '2026-11-21T20:00:00.000Z',
};

export const personExample: PersonAnswer = {
  personId: '0b9c7a52-5f0e-4f0c-9c40-5a3b6f1f7a10',
  email: 'ann@shop.example',
  displayName: 'Ann',
  role: 'viewer',
  createdAt: '2026-11-21T08:00:00.000Z',
  disabledAt: null,
  signsInBy: 'password',
  openSessions: 1,
};
