import { Controller, Get, Req, Res } from '@nestjs/common';
import { type ErrorCode, KnownError } from '@tollgate/contracts';
import { Log, OpenRoute } from '@tollgate/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CookieSessions } from '../browser/cookie-sessions.ts';
import { OIDC_PATIENCE_SECONDS, OidcSignIn } from '../oidc/oidc-sign-in.ts';

const COOKIE = 'tollgate-oidc';

/** What the page is told of a sign-in that came to nothing: no more than whether to try again. */
const REFUSALS: ReadonlyMap<ErrorCode, string> = new Map([
  ['SIGN_IN_REFUSED', 'oidc'],
  ['PROVIDER_UNAVAILABLE', 'oidc-unavailable'],
]);

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
  async begin(@Res() reply: FastifyReply): Promise<void> {
    try {
      const { url, carried } = await this.oidc.begin();
      await reply
        .header('set-cookie', this.cookies.toOtherCookie(COOKIE, carried, OIDC_PATIENCE_SECONDS))
        .redirect(url.href, 303);
    } catch (error) {
      await this.sendBack(reply, error);
    }
  }

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
      await this.sendBack(reply, error);
    }
  }

  /** A person stands before the page and reads no problem document: the page says what its address tells it. */
  private async sendBack(reply: FastifyReply, error: unknown): Promise<void> {
    const refusal = error instanceof KnownError ? REFUSALS.get(error.code) : undefined;
    if (refusal === undefined) {
      throw error;
    }
    this.log.info('A sign-in by OpenID Connect came to nothing', { reason: refusal });
    await reply.redirect(`/?refused=${refusal}`, 303);
  }
}
