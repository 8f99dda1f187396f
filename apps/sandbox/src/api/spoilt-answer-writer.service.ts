import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { ServerResponse } from 'node:http';
import { Clock } from '../clock/clock.service.ts';
import { MICROS_PER_MILLISECOND } from '../clock/micros.policy.ts';
import type { SpoiltAnswer } from './spoilt-answer.errors.ts';

/** Writes answers that are wrong on the wire, past the framework, which would only write right ones. */
@Injectable()
export class SpoiltAnswerWriter {
  constructor(private readonly clock: Clock) {}

  write(answer: SpoiltAnswer, reply: FastifyReply): void {
    const { spoiling, status, text } = answer;
    if (spoiling.manner === 'REPLACED') {
      void reply.code(status).type('application/json').send(spoiling.text);
      return;
    }
    reply.hijack();
    if (spoiling.manner === 'RESET') {
      reply.raw.socket?.resetAndDestroy();
      return;
    }
    const bytes = Buffer.from(text);
    reply.raw.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length });
    const endsAtMicros = this.clock.nowMicros() + spoiling.endsAfterMs * MICROS_PER_MILLISECOND;
    this.drip(bytes, reply.raw, { intervalMicros: spoiling.intervalMs * MICROS_PER_MILLISECOND, endsAtMicros });
  }

  private drip(bytes: Buffer, response: ServerResponse, pace: { intervalMicros: number; endsAtMicros: number }): void {
    if (response.destroyed) return;
    response.write(bytes.subarray(0, 1));
    if (bytes.length <= 1) {
      response.end();
      return;
    }
    const nextMicros = this.clock.nowMicros() + pace.intervalMicros;
    const isInTime = nextMicros < pace.endsAtMicros;
    const cancel = this.clock.wakeAt(isInTime ? nextMicros : pace.endsAtMicros, () => {
      response.off('close', cancel);
      if (isInTime) this.drip(bytes.subarray(1), response, pace);
      else response.destroy();
    });
    response.once('close', cancel);
  }
}
