import { Controller, Get, Headers, NotFoundException, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { OpenRoute } from '@tollgate/platform';
import type { FastifyReply } from 'fastify';
import { type PageFile, PageFiles } from './page-files.service.ts';

/** Every address that the page shows as a place of its own; it is one document, which reads the address itself. */
const PLACES = [
  '/',
  'invitation',
  'review',
  'review/:id',
  'attempts',
  'attempts/:id',
  'rules',
  'rules/:tab',
  'overview',
];

/** The page's files. They say nothing about anybody's payments: those the page asks for, with the person's session. */
@Controller()
@ApiExcludeController()
export class PageController {
  constructor(private readonly files: PageFiles) {}

  @Get(PLACES)
  @OpenRoute('the page itself, which is where a person signs in')
  open(@Res() reply: FastifyReply): void {
    send(reply, this.files.openDocument());
  }

  @Get('assets/:name')
  @OpenRoute('scripts and styles of the page that everybody may open')
  asset(
    @Param('name') name: string,
    @Headers('accept-encoding') encodings: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    const file = this.files.findAsset(name);
    if (file === undefined) throw new NotFoundException();
    send(reply, file, encodings);
  }
}

function send(reply: FastifyReply, { headers, content, gzipped }: PageFile, encodings = ''): void {
  void reply.headers(headers);
  if (gzipped !== undefined && /\bgzip\b/.test(encodings)) {
    void reply.header('content-encoding', 'gzip').send(gzipped);
  } else {
    void reply.send(content);
  }
}
