import { Controller, Get } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { RequireScope } from '@tollgate/platform';
import type { Figures } from './figures.types.ts';
import { WatchServicesJob } from './watch-services.job.ts';

/** The overview's figures. */
@Controller('figures')
export class FiguresController {
  constructor(private readonly watch: WatchServicesJob) {}

  @Get()
  @RequireScope('operations:read')
  @ApiOperation({ summary: 'Rates, latencies, lag and dead letters of the last ten minutes' })
  read(): Figures {
    return this.watch.figures();
  }
}
