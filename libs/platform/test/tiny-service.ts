import { Writable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Inject, Module, Param, Post, type OnModuleInit } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { KnownError } from '@tollgate/contracts';
import { z } from 'zod';
import {
  Answers,
  AnswersProblem,
  API_KEY_LOOKUP,
  CountsInHand,
  createService,
  CurrentPrincipal,
  Log,
  OpenRoute,
  PlatformModule,
  RawBodyRoute,
  Readiness,
  RequireScope,
  ServiceLifetime,
  currentTraceparent,
  type ApiKeyLookup,
  type Principal,
} from '../src/index.ts';

export const OPERATOR_TOKEN = 'operator-token-of-this-test';
export const MERCHANT_KEY = 'merchant-key-of-this-test';
export const READER_KEY = 'reader-key-of-this-test';

const order = z.object({
  order: z.object({ amount: z.int().min(0), orderId: z.string().min(1).max(256) }),
  metadata: z.record(z.string(), z.unknown()).optional(),
});
const stored = z.object({ amount: z.int(), caller: z.string() });

/** What the test turns: the lookup's answer, and what the readiness check says. */
export class Switches {
  lookupAway = false;
  /** From now on nobody has a key; and how often somebody's was asked for. */
  keysRevoked = false;
  lookups = 0;
  dependencyAway = false;
  /** Released to let the waiting route answer. */
  readonly waiting: Array<() => void> = [];
}

class StubLookup implements ApiKeyLookup {
  private readonly principals = new Map<string, Principal>();

  constructor(private readonly switches: Switches) {}

  know(keySha256Hex: string, principal: Principal): void {
    this.principals.set(keySha256Hex, principal);
  }

  async findPrincipal(keySha256Hex: string): Promise<Principal | undefined> {
    if (this.switches.lookupAway) {
      throw new KnownError('DATABASE_UNAVAILABLE', {
        detail: 'db.internal:5432 refused',
        facts: { host: 'db.internal' },
      });
    }
    this.switches.lookups += 1;
    return this.switches.keysRevoked ? undefined : this.principals.get(keySha256Hex);
  }
}

@Controller()
class TinyController implements OnModuleInit {
  constructor(
    @Inject(Switches) private readonly switches: Switches,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(Log) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.readiness.register('dependency', () => {
      if (this.switches.dependencyAway) {
        throw new Error('away at secret-host');
      }
    });
  }

  @Post('v1/orders')
  @HttpCode(201)
  @RequireScope('attempts:write')
  @Answers(201, stored, { description: 'Stored', example: { amount: 1, caller: 'm-1' } })
  @AnswersProblem('ATTEMPT_CONFLICT', 'VALIDATION_FAILED')
  store(@Body({ schema: order }) body: z.infer<typeof order>, @CurrentPrincipal() caller: Principal) {
    return { amount: body.order.amount, caller: caller.merchantId };
  }

  @Get('v1/orders/:id')
  @RequireScope('attempts:read')
  read(@Param('id', { schema: z.string().max(256) }) id: string, @CurrentPrincipal() caller: Principal) {
    return { id, kind: caller.kind, traceparent: currentTraceparent() };
  }

  @Get('v1/raw/:id')
  @RequireScope('attempts:read')
  readUnchecked(@Param('id') id: string) {
    return { id };
  }

  @Get('v1/unmarked')
  unmarked() {
    return { reached: true };
  }

  @Post('v1/hook')
  @HttpCode(200)
  @OpenRoute('signed')
  @RawBodyRoute()
  hook(@Body() bytes: Buffer) {
    return { bytes: bytes.toString('hex') };
  }

  @Get('v1/fails/:how')
  @OpenRoute('a test of errors')
  fail(@Param('how') how: string) {
    this.log.info('A failure was asked for', { reason: how });
    if (how === 'conflict') {
      throw new KnownError('ATTEMPT_CONFLICT', {
        detail: 'Other amount',
        facts: { fields: ['order.amount'], was: 12n },
      });
    }
    if (how === 'overload') {
      throw new KnownError('OVERLOADED', { facts: { retryAfterSeconds: 7 } });
    }
    const cause = Object.assign(new Error('insert failed'), {
      code: '23505',
      table: 'attempts',
      detail: 'Key (token)=(tok-secret-detail) exists',
      parameters: ['tok-secret-parameter'],
      query: 'select tok-secret-query',
    });
    throw new Error(`secret text with Bearer tok-secret-message and ${OPERATOR_TOKEN} and 4111 1111 1111 1111`, {
      cause,
    });
  }

  @Post('v1/counted')
  @HttpCode(200)
  @RequireScope('attempts:read')
  @CountsInHand()
  async counted() {
    await new Promise<void>((resolve) => {
      this.switches.waiting.push(resolve);
    });
    return { counted: true };
  }

  @Get('v1/waits')
  @OpenRoute('a test of stopping')
  async wait() {
    await new Promise<void>((resolve) => {
      this.switches.waiting.push(resolve);
    });
    return { waited: true };
  }
}

export interface TinyService {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly switches: Switches;
  /** Everything logged so far, as text. */
  logged(): string;
}

/** Starts the tiny service on a free port, with its log kept in memory. */
export async function startTinyService(
  options: { openApiOpen?: boolean; logLevel?: 'debug' | 'info'; requestsInHandMax?: number } = {},
): Promise<TinyService> {
  const switches = new Switches();
  const lookup = new StubLookup(switches);
  const { hash } = await import('node:crypto');
  lookup.know(hash('sha256', MERCHANT_KEY, 'hex'), {
    kind: 'merchant',
    merchantId: 'm-1',
    scopes: ['attempts:write', 'attempts:read'],
  });
  lookup.know(hash('sha256', READER_KEY, 'hex'), { kind: 'merchant', merchantId: 'm-1', scopes: ['attempts:read'] });

  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });

  @Module({
    imports: [
      PlatformModule.forRoot({
        service: 'tiny',
        settings: {
          HOST: '127.0.0.1',
          LOG_LEVEL: options.logLevel ?? 'debug',
          TOLLGATE_OPERATOR_TOKEN: OPERATOR_TOKEN,
        },
        logDestination: destination,
        requestsInHandMax: options.requestsInHandMax,
      }),
    ],
    controllers: [TinyController],
    providers: [
      { provide: Switches, useValue: switches },
      { provide: API_KEY_LOOKUP, useValue: lookup },
    ],
  })
  class TinyModule {}

  const app = await createService({
    service: 'tiny',
    module: TinyModule,
    host: '127.0.0.1',
    port: 0,
    openApi: { open: options.openApiOpen ?? false },
  });
  await app.listen(0, '127.0.0.1');
  app.get(ServiceLifetime).markStarted();
  return { app, url: await app.getUrl(), switches, logged: () => lines.join('') };
}
