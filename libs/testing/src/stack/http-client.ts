/** An answer as a test wants to look at it. */
export interface HttpAnswer<Body = unknown> {
  status: number;
  headers: Headers;
  /** Parsed when the answer is JSON, else the text; undefined when it is empty. */
  body: Body;
}

export interface HttpRequest {
  method?: string;
  /** Sent as JSON, unless it is a string or bytes already. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Bearer token. */
  token?: string;
}

const ANSWER_TIMEOUT_MS = 70_000;

/** Sends one request and reads the whole answer. @throws TypeError when no answer arrives */
export async function request<Body = unknown>(url: string, options: HttpRequest = {}): Promise<HttpAnswer<Body>> {
  const { method, body, token } = options;
  const answer = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: toBody(body) }),
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: parse(text, answer.headers) as Body };
}

function parse(text: string, headers: Headers): unknown {
  if (text === '') return undefined;
  return /\bjson\b/.test(headers.get('content-type') ?? '') ? (JSON.parse(text) as unknown) : text;
}

function toBody(body: unknown): string | Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body);
}
