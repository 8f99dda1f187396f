import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { OpenRoute } from '../auth/access.decorator.ts';
import { Answers } from '../http/answers.decorator.ts';
import { Readiness, type ReadinessReport } from './readiness.ts';

const liveness = z.object({ status: z.literal('live') });
const readinessReport = z.object({
  status: z.enum(['ready', 'degraded', 'not-ready']),
  phase: z.enum(['starting', 'running', 'stopping']),
  checks: z.record(z.string(), z.enum(['up', 'degraded', 'down'])),
});

/**
 * The probes. Written out instead of taken from a health library: two routes and a map of functions need none, and
 * the answers shall not tell the world why something is down.
 */
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @OpenRoute('Probes carry no key; it tells nothing but that the process runs')
  @Answers(200, liveness, { description: 'The process runs', example: { status: 'live' } })
  live(): z.infer<typeof liveness> {
    return { status: 'live' };
  }

  @Get('ready')
  @OpenRoute('Probes carry no key; it tells names and colours only')
  @Answers(200, readinessReport, {
    description:
      'Everything the service needs is there; degraded: not for every merchant, and the incidents say for whom not',
    example: { status: 'ready', phase: 'running', checks: { database: 'up', broker: 'up' } },
  })
  @Answers(503, readinessReport, {
    description: 'Starting, stopping, or something the service needs is away',
    example: { status: 'not-ready', phase: 'running', checks: { database: 'down', broker: 'up' } },
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessReport> {
    const report = await this.readiness.report();
    void reply.code(report.status === 'not-ready' ? 503 : 200);
    return report;
  }
}
