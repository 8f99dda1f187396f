import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server, ServerResponse } from 'node:http';

/** A posted body and where it came to. */
export interface Posted {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Listens on 127.0.0.1 for JSON that is posted. What `answer` throws is a 500. */
export async function listen(
  port: number,
  answer: (posted: Posted) => Promise<{ status: number; body: object }>,
): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const posted = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) };
      void answer(posted)
        .catch((error: unknown) => ({ status: 500, body: { error: String(error) } }))
        .then(({ status, body }) => send(response, status, JSON.stringify(body)));
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
