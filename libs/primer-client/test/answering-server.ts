import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface Seen {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Stands in for Primer: answers whatever the test says and keeps what it was asked. */
export class AnsweringServer {
  readonly seen: Seen[] = [];
  answer: (response: ServerResponse, request: IncomingMessage) => void = (response) => json(response, 200, {});

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        this.seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
        this.answer(response, request);
      });
    });
  }

  static async start(): Promise<AnsweringServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new AnsweringServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Answers the first requests one by one, and what comes after like the last of them. */
  answerInTurn(...answers: Array<AnsweringServer['answer']>): void {
    let turn = 0;
    this.answer = (response, request) => {
      answers[Math.min(turn, answers.length - 1)]?.(response, request);
      turn += 1;
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export function json(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Cuts the connection after the whole request arrived: whether it had its effect, nobody can tell. */
export function reset(_response: ServerResponse, request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}
