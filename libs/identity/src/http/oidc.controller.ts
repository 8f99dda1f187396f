import { Controller, Get, Req, Res } from '@nestjs/common';
import { KnownError } from '@tollgate/contracts';
import { AnswersProblem, Log, OpenRoute } from '@tollgate/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CookieSessions } from '../browser/cookie-sessions.ts';
import { OIDC_PATIENCE_SECONDS, OidcSignIn } from '../oidc/oidc-sign-in.ts';

const COOKIE = 'tollgate-oidc';

/** The way to the company's sign-in page, and back. */
@Controller('oidc')
export class OidcController {
  private readonly log: Log;

  constructor(
    private readonly oidc: OidcSignIn,
    private readonly cookies: CookieSessions,
    log: Log,
  ) {
    this.log = log.for('Oidc');
  }

  @Get('sign-in')
  @OpenRoute('whoever signs in has nothing to show yet')
  @AnswersProblem('PROVIDER_UNAVAILABLE')
  async begin(@Res() reply: FastifyReply): Promise<void> {
    const { url, carried } = await this.oidc.begin();
    await reply
      .header('set-cookie', this.cookies.toOtherCookie(COOKIE, carried, OIDC_PATIENCE_SECONDS))
      .redirect(url.href, 303);
  }

  /** Told apart by its address alone: a person stands before the page and reads no problem document. */
  @Get('callback')
  @OpenRoute('the provider sends people here who have no session yet')
  async finish(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const formerSecret = this.cookies.findSecret(request);
    void reply.header('set-cookie', this.cookies.toOtherCookie(COOKIE, '', 0));
    try {
      const { session } = await this.oidc.finish({
        target: request.url,
        carried: this.cookies.findOther(request, COOKIE),
        ...(formerSecret === undefined ? {} : { formerSecret }),
      });
      await reply.header('set-cookie', this.cookies.toCookie(session)).redirect('/', 303);
    } catch (error) {
      if (!(error instanceof KnownError) || error.code !== 'SIGN_IN_REFUSED') {
        throw error;
      }
      this.log.info('A sign-in by OpenID Connect was refused');
      await reply.redirect('/sign-in?refused=oidc', 303);
    }
  }
}
