import { describe, expect, it } from '@jest/globals';

import { brokerProperties, formatProperties, toContainerEnvironment } from './kafka-properties.ts';

const address = { port: 4092, controllerPort: 4093, listenHost: '127.0.0.1', logDir: '/data/log' };

describe('the settings of a lone broker', () => {
  it('never makes a topic by a typing error', () => {
    expect(brokerProperties(address)['auto.create.topics.enable']).toBe('false');
  });

  it('asks for one replica wherever more is the default', () => {
    const properties = Object.entries(brokerProperties(address));
    const replicas = properties.filter(([name]) => /replication\.factor|min\.isr|min\.insync/.test(name));
    expect(replicas).not.toHaveLength(0);
    expect(replicas.filter(([, value]) => value !== '1')).toEqual([]);
  });

  it('listens on this machine only', () => {
    expect(brokerProperties(address)['listeners']).toBe('PLAINTEXT://127.0.0.1:4092,CONTROLLER://127.0.0.1:4093');
  });

  it('escapes backslashes, which a properties file would swallow', () => {
    expect(formatProperties({ 'log.dirs': String.raw`C:\data` })).toBe('log.dirs=C:\\\\data\n');
  });

  it("becomes the official image's environment", () => {
    expect(toContainerEnvironment({ 'log.dirs': '/data' })).toEqual({ KAFKA_LOG_DIRS: '/data' });
  });
});
