import { Controller, Get, Header } from '@nestjs/common';
import { z } from 'zod';
import { RequireScope } from '../auth/access.decorator.ts';
import { Answers } from '../http/answers.decorator.ts';
import { Metrics } from './metrics.ts';

@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @RequireScope('operations:read')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Answers(200, z.string(), {
    description: 'The exposition format of Prometheus, version 0.0.4',
    example: 'process_cpu_seconds_total{service="intake"} 1.25',
  })
  scrape(): Promise<string> {
    return this.metrics.toText();
  }
}
