import type { Config } from 'jest';

import { bundleTestPackages } from './tools/test-packages.mjs';

/** Random lives of a payment: a few of them in `npm test`, many in `npm run prove`. */
const MODELS = '<rootDir>/apps/sandbox/test/payment-model.int.spec.ts';

/** What every project shares: native ES modules, compiled by swc with the decorator metadata that Nest reads. */
const shared = {
  rootDir: import.meta.dirname,
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@tollgate/source', 'node', 'node-addons'] },
  moduleNameMapper: await bundleTestPackages(),
  modulePathIgnorePatterns: ['<rootDir>/(apps|libs)/[^/]+/dist/', '<rootDir>/tools/dist/', '<rootDir>/.tollgate/'],
  extensionsToTreatAsEsm: ['.ts'],
  injectGlobals: false,
  restoreMocks: true,
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2023',
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
} satisfies Config;

/** Projects that need PostgreSQL and Kafka: started once for the whole run, only when one of these is selected. */
const onBackends = {
  ...shared,
  testEnvironment: '<rootDir>/libs/testing/src/jest/mortal-environment.ts',
  globalSetup: '<rootDir>/libs/testing/src/jest/global-setup.ts',
  globalTeardown: '<rootDir>/libs/testing/src/jest/global-teardown.ts',
} satisfies Config;

const config: Config = {
  rootDir: import.meta.dirname,
  maxWorkers: 2,
  verbose: false,
  // Real servers on a busy machine need patience; a test that needs more says so itself.
  testTimeout: 60_000,
  reporters: ['<rootDir>/libs/testing/src/jest/quiet-reporter.ts'],
  projects: [
    {
      ...shared,
      displayName: 'architecture',
      testMatch: ['<rootDir>/tests/architecture/**/*.spec.ts'],
    },
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{apps,libs}/*/src/**/*.spec.ts',
        '<rootDir>/apps/*/page/**/*.spec.ts',
        '<rootDir>/tools/src/**/*.spec.ts',
      ],
    },
    {
      ...shared,
      displayName: 'pages',
      testMatch: ['<rootDir>/tests/pages/**/*.spec.ts'],
    },
    {
      ...onBackends,
      displayName: 'integration',
      testMatch: ['<rootDir>/{apps,libs}/*/test/**/*.int.spec.ts', '<rootDir>/tools/test/**/*.int.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', MODELS],
    },
    {
      ...onBackends,
      displayName: 'e2e',
      testMatch: ['<rootDir>/tests/e2e/**/*.e2e.spec.ts'],
    },
    {
      ...onBackends,
      displayName: 'integrity',
      testMatch: ['<rootDir>/tests/integrity/**/*.spec.ts', MODELS],
    },
  ],
};
export default config;
