import { Body, Controller, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { webhookAnswer } from '@tollgate/contracts';
import { Answers, AnswersProblem, OpenRoute, RawBodyRoute } from '@tollgate/platform';
import { ReceiveWebhookHandler } from './receive-webhook.handler.ts';

/** Where Primer delivers webhooks. */
@ApiTags('webhooks')
@Controller('webhooks/primer')
export class ReceiveWebhookController {
  constructor(private readonly handler: ReceiveWebhookHandler) {}

  @Post(':merchantId')
  @HttpCode(200)
  @OpenRoute('signed: the HMAC over the body is the key')
  @RawBodyRoute()
  @Answers(200, webhookAnswer, {
    description: 'Stored. Also for what was signed but not understood, or signed too long ago.',
    example: { received: true },
  })
  @AnswersProblem('SIGNATURE_INVALID', 'MERCHANT_NOT_FOUND', 'BODY_TOO_LARGE', 'DATABASE_UNAVAILABLE', 'OVERLOADED')
  async receive(
    @Param('merchantId') merchantId: string,
    @Body() bytes: Buffer,
    @Headers('x-signature-primary') signaturePrimary?: string,
    @Headers('x-signature-secondary') signatureSecondary?: string,
  ): Promise<{ received: true }> {
    await this.handler.handle({ merchantId, bytes, signaturePrimary, signatureSecondary });
    return { received: true };
  }
}
