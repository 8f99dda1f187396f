import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import {
  acceptInvitationBody,
  type AcceptInvitationBody,
  invitationAnswer,
  type InvitationAnswer,
  invitationBody,
  type InvitationBody,
  type Principal,
  sessionAnswer,
  type SessionAnswer,
  sessionExample,
  toActorName,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, CurrentPrincipal, OpenRoute, RequireScope } from '@tollgate/platform';
import type { FastifyReply } from 'fastify';
import { CookieSessions } from '../browser/cookie-sessions.ts';
import { Invitations } from '../people/invitations.ts';
import { toInvitationLink } from '../people/invitation-link.ts';
import { PUBLIC_URL } from '../public-url.ts';
import { toSessionAnswer } from './session-answer.policy.ts';

/** Links by which people come in. */
@Controller('invitations')
export class InvitationsController {
  constructor(
    private readonly invitations: Invitations,
    private readonly cookies: CookieSessions,
    @Inject(PUBLIC_URL) private readonly publicUrl: URL,
  ) {}

  @Post()
  @RequireScope('people:manage')
  @Answers(201, invitationAnswer, {
    description: 'The link, shown this once',
    example: {
      link: 'https://tollgate.shop.example/invitation#token=invitation_Zm9v',
      expiresAt: '2026-11-23T08:00:00.000Z',
    },
  })
  @AnswersProblem('PERSON_CONFLICT', 'VALIDATION_FAILED')
  async invite(
    @Body({ schema: invitationBody }) body: InvitationBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<InvitationAnswer> {
    const { token, expiresAt } = await this.invitations.invite(body, toActorName(principal));
    return { link: toInvitationLink(this.publicUrl, token), expiresAt: expiresAt.toISOString() };
  }

  @Post('accept')
  @HttpCode(200)
  @OpenRoute('whoever was invited has the link and nothing else yet')
  @Answers(200, sessionAnswer, { description: 'Made and signed in', example: sessionExample })
  @AnswersProblem('INVITATION_NOT_FOUND', 'PERSON_CONFLICT', 'CROSS_SITE_REQUEST', 'VALIDATION_FAILED', 'OVERLOADED')
  async accept(
    @Body({ schema: acceptInvitationBody }) { token, password, displayName }: AcceptInvitationBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionAnswer> {
    const { person, session } = await this.invitations.accept({
      token,
      password,
      ...(displayName === undefined ? {} : { displayName }),
    });
    void reply.header('set-cookie', this.cookies.toCookie(session));
    return toSessionAnswer(person, session);
  }
}
