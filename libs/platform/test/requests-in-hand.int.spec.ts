import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { problemDetails } from '@tollgate/contracts';
import { eventually } from '@tollgate/testing';
import { MERCHANT_KEY, OPERATOR_TOKEN, startTinyService, type TinyService } from './tiny-service.ts';

const MAX = 2;
const PATH = '/v1/counted';

let service: TinyService;
const underWay: Array<Promise<Response>> = [];

beforeAll(async () => {
  service = await startTinyService({ requestsInHandMax: MAX, logLevel: 'info' });
});
afterAll(() => service.app.close());

/** Fills every place, and resolves when they are taken. */
async function fill(): Promise<void> {
  underWay.push(...Array.from({ length: MAX }, () => call(PATH, { method: 'POST', body: '{}' })));
  await eventually(() => expect(service.switches.waiting).toHaveLength(MAX));
}

afterEach(async () => {
  service.switches.waiting.splice(0).forEach((answer) => answer());
  await Promise.all(underWay.splice(0));
  await eventually(async () => expect(await metric('http_requests_in_hand')).toBe(0));
});

function call(path: string, init: RequestInit = {}, key = MERCHANT_KEY): Promise<Response> {
  const headers = {
    authorization: `Bearer ${key}`,
    ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  return fetch(`${service.url}${path}`, { ...init, headers });
}

async function metric(name: string): Promise<number> {
  const text = await (await call('/metrics', {}, OPERATOR_TOKEN)).text();
  return Number(new RegExp(`^${name}{[^}]*} (.*)$`, 'm').exec(text)?.[1]);
}

describe('a service that has as many requests in hand as it may', () => {
  it('refuses one more with 503 and Retry-After, and takes the next when one is answered', async () => {
    await fill();
    const refused = await call(PATH, { method: 'POST', body: '{}' });
    expect({ status: refused.status, retryAfter: refused.headers.get('retry-after') }).toEqual({
      status: 503,
      retryAfter: '1',
    });
    expect(problemDetails.parse(await refused.json())).toMatchObject({ code: 'OVERLOADED', status: 503 });
    expect(await metric('http_requests_in_hand')).toBe(MAX);
    expect(await metric('http_requests_refused_total')).toBe(1);

    service.switches.waiting.shift()?.();
    await underWay[0];
    underWay.push(call(PATH, { method: 'POST', body: '{}' }));
    await eventually(() => expect(service.switches.waiting).toHaveLength(MAX));
  });

  it('refuses before the body is there', async () => {
    await fill();
    const head = [
      `POST ${PATH} HTTP/1.1`,
      'host: tollgate',
      `authorization: Bearer ${MERCHANT_KEY}`,
      'content-type: application/json',
      'content-length: 200000',
    ];
    const answer = await firstBytes(`${head.join('\r\n')}\r\n\r\n{`);
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(answer).toMatch(/retry-after: 1\r\n/i);
  });

  it('still answers probes, metrics, operators and routes that are not counted', async () => {
    await fill();
    expect((await call('/health/live')).status).toBe(200);
    expect((await call('/health/ready')).status).toBe(200);
    expect((await call('/metrics', {}, OPERATOR_TOKEN)).status).toBe(200);
    expect((await call('/v1/orders/o-1')).status).toBe(200);
    const operators = call(PATH, { method: 'POST', body: '{}' }, OPERATOR_TOKEN);
    await eventually(() => expect(service.switches.waiting).toHaveLength(MAX + 1));
    service.switches.waiting.pop()?.();
    expect((await operators).status).toBe(200);
  });

  it('still asks for the key first', async () => {
    await fill();
    expect((await call(PATH, { method: 'POST', body: '{}' }, 'nobody-has-this-key')).status).toBe(401);
  });

  it('gets the place of a caller back that hangs up', async () => {
    await fill();
    const gone = new AbortController();
    service.switches.waiting.shift()?.();
    await underWay[0];
    const hungUp = call(PATH, { method: 'POST', body: '{}', signal: gone.signal });
    underWay.push(hungUp.catch(() => new Response()));
    await eventually(() => expect(service.switches.waiting).toHaveLength(MAX));
    gone.abort();
    await eventually(async () => expect(await metric('http_requests_in_hand')).toBe(MAX - 1));
  });

  it('tells many refusals in one line of the log', async () => {
    await fill();
    for (let count = 0; count < 20; count += 1) {
      expect((await call(PATH, { method: 'POST', body: '{}' })).status).toBe(503);
    }
    expect(service.logged().match(/Requests are refused/g)).toHaveLength(1);
  });
});

/** What comes back first for bytes that are not yet a whole request. */
function firstBytes(bytes: string): Promise<string> {
  const { hostname, port } = new URL(service.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.once('data', (chunk) => {
      resolve(chunk.toString());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
