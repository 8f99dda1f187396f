import {
  Controller,
  Get,
  Headers,
  NotFoundException,
  Param,
  Post,
  Query,
  Res,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answers, OpenRoute, RequireScope } from '@tollgate/platform';
import type { FastifyReply } from 'fastify';
import { ShopAccess } from './shop-access.service.ts';
import { ShopErrorFilter } from './shop-error.filter.ts';
import { ShopOptions } from './shop-options.types.ts';
import { PAGE_HEADERS, SHOP_SCRIPTS, type ShopFile, ShopPages } from './shop-pages.service.ts';
import { ShopSessionGuard } from './shop-session.guard.ts';
import { type ShopLink, shopLinkSchema } from './shop.schema.ts';

/** The way into the shop, and its files. */
@Controller()
@UseFilters(ShopErrorFilter)
export class ShopPageController {
  constructor(
    private readonly access: ShopAccess,
    private readonly pages: ShopPages,
    private readonly options: ShopOptions,
  ) {}

  @Post('_sandbox/shop-links')
  @RequireScope('operator')
  @ApiTags('Sandbox control')
  @ApiOperation({ summary: 'Make a link that opens the shop in a browser' })
  @Answers(201, shopLinkSchema, {
    description: 'The link; whoever opens it gets a session of the shop',
    example: { path: '/shop?link=1795262400000.c2lnbmF0dXJl', expiresAt: '2026-11-21T12:00:00.000Z' },
  })
  createLink(): ShopLink {
    const { token, until } = this.access.issueLink();
    return { path: `/shop?link=${token}`, expiresAt: new Date(until).toISOString() };
  }

  /** The link is taken out of the address at once, so that it stays in no history and in no picture of the screen. */
  @Get('shop')
  @OpenRoute('the login of the shop: without a link or a session it shows how to get one')
  @ApiExcludeEndpoint()
  enter(
    @Query() query: Readonly<Record<string, unknown>>,
    @Headers('cookie') cookies: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    const { link } = query;
    if (typeof link === 'string' && this.access.isLink(link)) {
      void reply.code(303).headers({ location: '/shop', 'set-cookie': this.access.issueSessionCookie() }).send();
    } else if (!this.access.hasSession(cookies)) {
      this.send(reply.code(403), 'locked.html');
    } else {
      this.send(reply, this.options.intake === undefined ? 'settings.html' : 'shop.html');
    }
  }

  @Get('shop/shop.css')
  @OpenRoute('dresses the login of the shop, and says nothing')
  @ApiExcludeEndpoint()
  dress(@Res() reply: FastifyReply): void {
    this.send(reply, 'shop.css');
  }

  @Get('shop/scripts/:file')
  @OpenRoute('ShopSessionGuard asks for the session of the shop')
  @UseGuards(ShopSessionGuard)
  @ApiExcludeEndpoint()
  script(@Param('file') file: string, @Res() reply: FastifyReply): void {
    const name = SHOP_SCRIPTS.find((script) => script === file);
    if (name === undefined) throw new NotFoundException();
    this.send(reply, name);
  }

  private send(reply: FastifyReply, file: ShopFile): void {
    const { contentType, text } = this.pages.get(file);
    void reply.headers({ ...PAGE_HEADERS, 'content-type': contentType }).send(text);
  }
}
