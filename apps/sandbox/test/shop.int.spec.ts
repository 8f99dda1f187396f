import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Emulator, OPERATOR_TOKEN, temporaryFolder } from './emulator.ts';

const INTAKE_API_KEY = 'intake-api-key-of-the-tests';

/** What the stand-in for intake was sent. */
interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
}

const folder = temporaryFolder();
const asked: Asked[] = [];
let answer: { status: number; body: string; type?: string };
let intake: Server;
let shop: { intakeUrl: string; intakeApiKey: string };
let emulator: Emulator;
let cookie: string;

beforeAll(async () => {
  intake = createServer((request, response) => void answerAsIntake(request, response)).listen(0, '127.0.0.1');
  await once(intake, 'listening');
  const { port } = intake.address() as AddressInfo;
  shop = { intakeUrl: `http://127.0.0.1:${port}`, intakeApiKey: INTAKE_API_KEY };
  emulator = await Emulator.start(`${folder.path}/shop.sqlite`, { shop });
  cookie = await openSession();
});
afterAll(async () => {
  await emulator.stop();
  intake.close();
  folder.remove();
});

async function answerAsIntake(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  asked.push({
    path: `${request.method} ${request.url}`,
    headers: request.headers,
    body: (body === '' ? {} : JSON.parse(body)) as Record<string, unknown>,
  });
  response.writeHead(answer.status, { 'content-type': answer.type ?? 'application/json' }).end(answer.body);
}

async function openSession(): Promise<string> {
  const link = await emulator.control<{ path: string }>('POST', '/shop-links');
  const opened = await fetch(emulator.url + link.body.path, { redirect: 'manual' });
  expect([opened.status, opened.headers.get('location')]).toEqual([303, '/shop']);
  return opened.headers.get('set-cookie') ?? '';
}

/** Asks as the shop's page does, unless the headers say otherwise; an empty one is left out. */
async function ask<Body = Record<string, unknown>>(
  method: string,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
) {
  return emulator.call<Body>(method, path, {
    body,
    headers: { cookie: sessionOf(cookie), origin: emulator.url, ...headers },
  });
}

function sessionOf(setCookie: string): string {
  return setCookie.split(';', 1)[0] ?? '';
}

interface Started {
  detail: { clientSessionId: string; paymentAttemptId: string; paymentMethodToken: object; timestamp: number };
  firings: number;
}

async function startCheckout(choice = 'visa'): Promise<Started> {
  const { body } = await ask<Started>('POST', '/shop/checkouts', {
    body: { amount: 4_200, currencyCode: 'EUR', choice },
  });
  return body;
}

describe('who may use the shop', () => {
  it('is whoever opened a link that an operator made, and nobody else makes links', async () => {
    expect((await ask('GET', '/shop')).text).toContain('<primer-checkout>');
    expect(cookie).toMatch(/^tollgate_shop=\S+; Path=\/shop; Max-Age=7200; HttpOnly; SameSite=Lax$/);
    const stranger = await fetch(`${emulator.url}/_sandbox/shop-links`, { method: 'POST' });
    expect(stranger.status).toBe(401);
  });

  it.each([
    ['no session', ''],
    ['a forged one', 'tollgate_shop=99999999999999.c2lnbmF0dXJl'],
    ['none at all in its place', 'tollgate_shop='],
  ])('with %s gets the page that tells how to get in, and nothing else', async (_what, foreign) => {
    const page = await ask('GET', '/shop', { headers: { cookie: foreign } });
    expect([page.status, page.text.includes('opens by a link')]).toEqual([403, true]);
    for (const path of ['/shop/choices', '/shop/scripts/checkout.js', `/shop/checkouts/${crypto.randomUUID()}`]) {
      expect((await ask('GET', path, { headers: { cookie: foreign } })).status).toBe(403);
    }
    const wish = { amount: 100, currencyCode: 'EUR', choice: 'visa' };
    expect((await ask('POST', '/shop/checkouts', { body: wish, headers: { cookie: foreign } })).status).toBe(403);
  });

  it('cannot use a link as a session', async () => {
    const { body } = await emulator.control<{ path: string }>('POST', '/shop-links');
    const stolen = `tollgate_shop=${body.path.split('=')[1]}`;
    expect((await ask('GET', '/shop/choices', { headers: { cookie: stolen } })).status).toBe(403);
  });

  it.each([
    ['another site', 'https://shop.example'],
    ['another port of this machine', 'http://127.0.0.1:1'],
    ['a page that hides where it is', 'null'],
    ['no page', ''],
  ])('changes nothing from %s', async (_what, origin) => {
    const wish = { amount: 100, currencyCode: 'EUR', choice: 'visa' };
    const before = (await emulator.stats()).attempts;
    const refused = await ask('POST', '/shop/checkouts', { body: wish, headers: { origin } });
    expect([refused.status, refused.body]).toEqual([403, { message: expect.any(String) }]);
    expect((await emulator.stats()).attempts).toEqual(before);
  });

  it('gets pages that run nothing from elsewhere and can be framed nowhere', async () => {
    const page = await fetch(`${emulator.url}/shop`, { headers: { cookie: sessionOf(cookie) } });
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it.each(['sandbox.sqlite', 'shop.html', '..%2F..%2Fpackage.json'])(
    'gets no other file than the page runs: %s',
    async (file) => {
      expect((await ask('GET', `/shop/scripts/${file}`)).status).toBe(404);
    },
  );
});

describe('a checkout', () => {
  it('is posted to intake with the key and the word of the shop, whatever the browser says of the order', async () => {
    const { detail } = await startCheckout();
    answer = { status: 200, body: JSON.stringify({ status: 'APPROVED', charged: 'yes', links: { events: 'x' } }) };
    const posted = await ask('POST', '/shop/attempts', { body: detail });

    expect(posted).toMatchObject({ status: 200, body: { status: 'APPROVED', charged: 'yes' } });
    const { path, headers, body } = asked.at(-1)!;
    expect([path, headers.authorization, headers.prefer]).toEqual([
      'POST /v1/attempts',
      `Bearer ${INTAKE_API_KEY}`,
      'wait=20',
    ]);
    expect(body).toMatchObject({
      ...detail,
      order: { amount: 4_200, currencyCode: 'EUR', orderId: expect.stringMatching(/^shop-/) },
    });
    const bold = await ask('POST', '/shop/attempts', { body: { ...detail, order: { amount: 1 } } });
    expect(bold.status).toBe(422);
  });

  it('hands no key, token of intake or link on to the page', async () => {
    const { detail } = await startCheckout();
    const links = { browserEvents: '/v1/attempts/x/events?token=read-token' };
    answer = { status: 202, body: JSON.stringify({ status: 'RECEIVED', timeline: [], links }) };
    const said = [
      await ask('POST', '/shop/attempts', { body: detail }),
      await ask('GET', `/shop/checkouts/${detail.paymentAttemptId}`),
      await ask('GET', '/shop'),
      ...(await Promise.all(
        ['checkout', 'sdk', 'story', 'amount'].map((name) => ask('GET', `/shop/scripts/${name}.js`)),
      )),
    ];
    expect(said.map(({ status }) => status)).toEqual(said.map(() => 200));
    for (const secret of [INTAKE_API_KEY, OPERATOR_TOKEN, 'read-token', 'primer-api-key']) {
      expect(said.filter(({ text: shown }) => shown.includes(secret))).toEqual([]);
    }
  });

  it('goes on after a restart', async () => {
    const { detail } = await startCheckout();
    await emulator.stop();
    emulator = await Emulator.start(`${folder.path}/shop.sqlite`, { shop });
    answer = { status: 200, body: JSON.stringify({ status: 'APPROVED', charged: 'yes' }) };
    expect((await ask('POST', '/shop/attempts', { body: detail })).status).toBe(200);
    expect(asked.at(-1)?.body).toMatchObject({ order: { amount: 4_200 } });
  });

  it('that another shop began is not read, followed or posted here', async () => {
    const foreign = await emulator.startAttempt();
    const { paymentAttemptId: id, ...rest } = foreign;
    const before = asked.length;
    const answers = [
      await ask('POST', '/shop/attempts', { body: { paymentAttemptId: id, ...rest } }),
      await ask('GET', `/shop/checkouts/${id}`),
      await ask('GET', `/shop/checkouts/${id}/events`),
      await ask('POST', `/shop/checkouts/${id}/challenge`, { body: { passed: true } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(asked).toHaveLength(before);
  });

  it('is followed by the events that intake sends', async () => {
    const { detail } = await startCheckout();
    const events = 'id: APPROVED\nevent: attempt\ndata: {"status":"APPROVED"}\n\n';
    answer = { status: 200, body: events, type: 'text/event-stream' };
    const followed = await ask('GET', `/shop/checkouts/${detail.paymentAttemptId}/events`, {
      headers: { 'last-event-id': 'DECIDED' },
    });
    expect(followed.text).toBe(events);
    expect(asked.at(-1)?.headers).toMatchObject({
      'last-event-id': 'DECIDED',
      authorization: `Bearer ${INTAKE_API_KEY}`,
    });
  });

  it('whose bank asks the shopper goes on with the answer, and is asked nothing twice', async () => {
    const { detail } = await startCheckout('challenged');
    const challenge = `/shop/checkouts/${detail.paymentAttemptId}/challenge`;
    await emulator.approve(detail.paymentAttemptId);
    answer = { status: 404, body: '{}' };
    const waiting = await ask<{ primer: object }>('GET', `/shop/checkouts/${detail.paymentAttemptId}`);
    expect(waiting.body.primer).toMatchObject({ payment: { status: 'PENDING', requiredAction: '3DS_AUTHENTICATION' } });
    expect((await ask('POST', challenge, { body: { passed: true } })).body).toEqual({ status: 'AUTHORIZED' });
    expect((await ask('POST', challenge, { body: { passed: true } })).status).toBe(409);
  });

  it.each([
    [
      'refuses',
      { status: 422, body: JSON.stringify({ title: 'The request does not fit its schema' }) },
      'does not fit',
    ],
    ['answers nonsense', { status: 200, body: '<html>' }, 'cannot reach intake'],
    ['sends elsewhere', { status: 302, body: '' }, 'cannot reach intake'],
  ])('that intake %s is told in words', async (_what, given, words) => {
    const { detail } = await startCheckout();
    answer = given;
    const told = await ask<{ message: string }>('POST', '/shop/attempts', { body: detail });
    expect(told.status).toBe(502);
    expect(told.body.message).toContain(words);
    expect(told.text).not.toContain(INTAKE_API_KEY);
  });

  it('can begin with every choice that the page is offered', async () => {
    const choices = await ask<{ id: string }[]>('GET', '/shop/choices');
    for (const { id } of choices.body) {
      const { detail, firings } = await startCheckout(id);
      expect([id, firings]).toEqual([id, id === 'reloaded' ? 2 : 1]);
      expect((await emulator.attempt(detail.paymentAttemptId)).isCurrent).toBe(true);
    }
    expect(choices.body.length).toBeGreaterThan(8);
  });

  it.each([
    ['lost-answer', 'no answer'],
    ['busy', 503],
    ['expired', 410],
  ])('with the fault %s strikes the call of its own attempt: %s', async (choice, ending) => {
    const { detail } = await startCheckout(choice);
    const approved = await emulator.approve(detail.paymentAttemptId).catch(() => ({ status: 'no answer' }));
    expect(approved.status).toBe(ending);
    const other = await startCheckout();
    expect((await emulator.approve(other.detail.paymentAttemptId)).status).toBe(200);
  });

  it.each([{ amount: 0 }, { amount: 1.5 }, { currencyCode: 'ABC' }, { choice: 'none' }, { card: '4111111111111111' }])(
    'cannot begin with %j',
    async (wrong) => {
      const wish = { amount: 100, currencyCode: 'EUR', choice: 'visa', ...wrong };
      expect((await ask('POST', '/shop/checkouts', { body: wish })).status).toBe(422);
    },
  );
});

it('a shop without its settings says which to set, and takes no checkout to nobody', async () => {
  const alone = await Emulator.start(`${folder.path}/alone.sqlite`);
  try {
    const link = await alone.control<{ path: string }>('POST', '/shop-links');
    const opened = await fetch(alone.url + link.body.path, { redirect: 'manual' });
    const headers = { cookie: sessionOf(opened.headers.get('set-cookie') ?? ''), origin: alone.url };
    const page = await alone.call('GET', '/shop', { headers });
    expect(page.text).toMatch(/SANDBOX_SHOP_INTAKE_URL[^]*SANDBOX_SHOP_INTAKE_API_KEY/);
  } finally {
    await alone.stop();
  }
});
