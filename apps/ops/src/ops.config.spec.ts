import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readOpsSettings } from './ops.config.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tollgate-ops-'));
  const credentials = { operatorToken: 'operator-token', masterKey: Buffer.alloc(32, 1).toString('base64') };
  writeFileSync(path.join(folder, 'credentials.json'), JSON.stringify({ ...credentials, merchantId: 'shop' }));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('readOpsSettings', () => {
  it('finds everything of a local installation by its folder', () => {
    const settings = readOpsSettings(folder, {});
    expect(settings.messaging).toMatchObject({ brokers: ['127.0.0.1:4092'], topicPrefix: 'tollgate' });
    expect(settings.urls.gateway).toBe('http://127.0.0.1:4004');
    expect(settings.operatorToken()).toBe('operator-token');
    const { databaseUrl, schema } = settings.inboxOf('risk');
    expect(schema).toBe('risk');
    expect(databaseUrl).toMatch(/^postgres:\/\/tollgate_risk:[\w-]+@127\.0\.0\.1:4032\/postgres$/);
  });

  it('takes what the environment gives instead', () => {
    const settings = readOpsSettings(folder, {
      KAFKA_BROKERS: 'one:9092,two:9092',
      DATABASE_URL: 'postgres://reader@db/tollgate',
      INBOX_SCHEMAS: 'risk=risk_2',
      LEDGER_URL: 'https://ledger.example',
      TOLLGATE_OPERATOR_TOKEN: 'another-token',
    });
    expect(settings.messaging.brokers).toEqual(['one:9092', 'two:9092']);
    expect(settings.inboxOf('risk')).toEqual({ databaseUrl: 'postgres://reader@db/tollgate', schema: 'risk_2' });
    expect(settings.inboxOf('intake').schema).toBe('intake');
    expect(settings.urls.ledger).toBe('https://ledger.example');
    expect(settings.operatorToken()).toBe('another-token');
  });

  it('says what is missing and how to set it, once it is needed', () => {
    const settings = readOpsSettings('/nowhere', {});
    expect(() => settings.inboxOf('risk')).toThrow(/DATABASE_URL is missing.*credentials\.json.*set it/);
    expect(() => settings.operatorToken()).toThrow(/TOLLGATE_OPERATOR_TOKEN is missing/);
  });
});
