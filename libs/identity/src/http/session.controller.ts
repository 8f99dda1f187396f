import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import {
  changePasswordBody,
  type ChangePasswordBody,
  KnownError,
  type Principal,
  sessionAnswer,
  type SessionAnswer,
  sessionExample,
  signInBody,
  type SignInBody,
  signInWays,
  type SignInWays,
} from '@tollgate/contracts';
import {
  Answers,
  AnswersProblem,
  CurrentPrincipal,
  CurrentSessionSecret,
  OpenRoute,
  RequireScope,
} from '@tollgate/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CookieSessions } from '../browser/cookie-sessions.ts';
import { OidcChoice } from '../oidc/oidc-choice.ts';
import { Sessions } from '../sessions/sessions.ts';
import { SignIn } from '../sign-in/sign-in.ts';
import { signedIn, toSessionAnswer } from './session-answer.policy.ts';

/** Signing in and out, and one's own sessions and password. */
@Controller('session')
export class SessionController {
  constructor(
    private readonly signIn: SignIn,
    private readonly sessions: Sessions,
    private readonly cookies: CookieSessions,
    private readonly oidc: OidcChoice,
  ) {}

  @Get('ways')
  @OpenRoute('the sign-in page asks before anybody has signed in')
  @Answers(200, signInWays, { description: 'How one signs in', example: { password: true, oidc: false } })
  ways(): SignInWays {
    return { password: true, oidc: this.oidc.isSet };
  }

  @Post()
  @HttpCode(200)
  @OpenRoute('whoever signs in has nothing to show but a password')
  @Answers(200, sessionAnswer, { description: 'A session has begun, in a cookie', example: sessionExample })
  @AnswersProblem('SIGN_IN_REFUSED', 'TOO_MANY_SIGN_INS', 'CROSS_SITE_REQUEST', 'VALIDATION_FAILED', 'OVERLOADED')
  async begin(
    @Body({ schema: signInBody }) body: SignInBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionAnswer> {
    const formerSecret = this.cookies.findSecret(request);
    const { person, session } = await this.signIn.signIn({
      ...body,
      address: request.ip,
      ...(formerSecret === undefined ? {} : { formerSecret }),
    });
    void reply.header('set-cookie', this.cookies.toCookie(session));
    return toSessionAnswer(person, session);
  }

  @Get()
  @RequireScope('attempts:read')
  @Answers(200, sessionAnswer, { description: 'Who has signed in', example: sessionExample })
  async read(
    @CurrentPrincipal() principal: Principal,
    @CurrentSessionSecret() secret: string | null,
  ): Promise<SessionAnswer> {
    const session = await this.sessions.find(ownSecret(secret));
    // It ended between the gate and here.
    if (session === undefined) {
      throw new KnownError('UNAUTHENTICATED');
    }
    return toSessionAnswer(signedIn(principal), session);
  }

  @Delete()
  @HttpCode(204)
  @RequireScope('attempts:read')
  @Answers(204, z.undefined(), { description: 'The session has ended', example: undefined })
  async end(
    @CurrentPrincipal() principal: Principal,
    @CurrentSessionSecret() secret: string | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.signIn.signOut(ownSecret(secret), signedIn(principal).email);
    void reply.header('set-cookie', this.cookies.toEndedCookie());
  }

  @Delete('others')
  @HttpCode(204)
  @RequireScope('attempts:read')
  @Answers(204, z.undefined(), { description: 'All other sessions of this person have ended', example: undefined })
  async endOthers(
    @CurrentPrincipal() principal: Principal,
    @CurrentSessionSecret() secret: string | null,
  ): Promise<void> {
    await this.signIn.signOutOthers(signedIn(principal), ownSecret(secret));
  }

  @Post('password')
  @HttpCode(204)
  @RequireScope('attempts:read')
  @Answers(204, z.undefined(), { description: 'The password is the new one', example: undefined })
  @AnswersProblem('SIGN_IN_REFUSED', 'TOO_MANY_SIGN_INS', 'VALIDATION_FAILED', 'OVERLOADED')
  async change(
    @Body({ schema: changePasswordBody }) body: ChangePasswordBody,
    @CurrentPrincipal() principal: Principal,
    @CurrentSessionSecret() secret: string | null,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const sessionSecret = ownSecret(secret);
    await this.signIn.changePassword(signedIn(principal), { ...body, sessionSecret, address: request.ip });
  }
}

/** The secret of the session in the cookie. @throws KnownError SCOPE_MISSING for a key in a header */
function ownSecret(secret: string | null): string {
  if (secret === null) {
    throw new KnownError('SCOPE_MISSING', { detail: 'This is for the page that holds the session' });
  }
  return secret;
}
