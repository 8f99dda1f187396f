import { request as rawRequest } from 'node:http';
import { connect } from 'node:net';

/** An answer, with its text read. */
export interface RawAnswer {
  readonly response: Response;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Requests a target as it stands, where fetch() would normalise it. */
export function requestAsIs(baseUrl: string, target: string, headers: Record<string, string>): Promise<RawAnswer> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const request = rawRequest({ hostname, port, path: target, headers }, (message) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const status = message.statusCode ?? 0;
        const response = new Response(text, { status, headers: message.headers as Record<string, string> });
        resolve({ response, status, headers: response.headers, text });
      });
    });
    request.on('error', reject);
    request.end();
  });
}

/** Sends bytes that need not be HTTP and reads what comes back until the server hangs up. */
export function sendBytes(baseUrl: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}
