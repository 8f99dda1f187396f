import { describe, expect, it } from '@jest/globals';
import { gatewayEnvironment, toMerchantCallsMax } from './gateway.config.ts';

const given = {
  TOLLGATE_OPERATOR_TOKEN: 'operator-token-of-a-test',
  TOLLGATE_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  DATABASE_URL: 'postgres://localhost/gateway',
  KAFKA_BROKERS: 'localhost:9092',
  PRIMER_API_URL: 'http://localhost:4010',
};

describe('connections to Primer', () => {
  it('are never all one merchant’s, by default', () => {
    expect(() => toMerchantCallsMax(gatewayEnvironment.parse(given))).not.toThrow();
  });

  it('are refused where one merchant, whose calls all hang, could take every one', () => {
    const few = gatewayEnvironment.parse({ ...given, GATEWAY_CONNECTIONS_MAX: '128' });
    expect(() => toMerchantCallsMax(few)).toThrow(/GATEWAY_CONNECTIONS_MAX \(128\) must be above/);
  });
});
