import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A webhook as it arrived: the raw body and what it says. */
export interface ReceivedWebhook {
  readonly rawBody: string;
  readonly signature: string | undefined;
  readonly secondSignature: string | undefined;
  readonly body: {
    readonly eventType: string;
    readonly date: string;
    readonly notificationConfig: { readonly id: string };
    readonly version: string;
    readonly signedAt: string;
    readonly payment: { readonly id: string; readonly status: string };
  };
}

/** The merchant's end of the webhooks: keeps what arrives and answers as it is told to. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** How to answer; the default is 200. */
  answer: (response: ServerResponse) => void = (response) => response.end();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const rawBody = Buffer.concat(chunks).toString('utf8');
        receiver.received.push({
          rawBody,
          signature: request.headers['x-signature-primary'] as string | undefined,
          secondSignature: request.headers['x-signature-secondary'] as string | undefined,
          body: JSON.parse(rawBody) as ReceivedWebhook['body'],
        });
        receiver.answer(response);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhooks`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
