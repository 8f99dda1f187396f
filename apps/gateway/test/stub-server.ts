import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a stub does with one call instead of what Primer would. */
export type ScriptedAnswer =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  /** Takes the effect, if `effect` is set, and then answers nothing. */
  | { readonly trouble: 'hang' | 'reset'; readonly effect?: true };

/** One call as it came in. */
export interface StubRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  /** The parsed body; empty for none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** An error body as Primer documents it. */
export const error = (errorId: string, more: object = {}) => ({ error: { errorId, description: errorId, ...more } });

/** A server of a test's own in Primer's place; what it answers is its heirs' matter. */
export abstract class StubServer {
  readonly #server: Server;
  /** Keys that are answered 401. */
  readonly refusedKeys = new Set<string>();
  /** Set to let the list of payments lag: it shows nothing then. */
  listIsEmpty = false;

  constructor() {
    this.#server = createServer((request, response) => this.#receive(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  protected async listen(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  protected abstract answer(request: StubRequest, response: ServerResponse): void;

  #receive(request: IncomingMessage, response: ServerResponse): void {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const { headers, method = 'GET' } = request;
      const url = new URL(request.url ?? '', 'http://stub');
      if (this.refusedKeys.has(String(headers['x-api-key']))) {
        send(response, 401, error('Unauthorized'));
        return;
      }
      const body = JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>;
      this.answer({ method, url, headers, body }, response);
    });
  }
}

/** Answers with this status and body. */
export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Answers as scripted. */
export function follow(scripted: ScriptedAnswer, response: ServerResponse): void {
  if ('status' in scripted) {
    send(response, scripted.status, scripted.body ?? {}, scripted.headers);
  } else if (scripted.trouble === 'reset') {
    response.socket?.resetAndDestroy();
  }
}
