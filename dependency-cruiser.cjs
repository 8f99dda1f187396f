/** What a library offers: its index, and for `@tollgate/identity` a second one that loads less. */
const FRONT_DOORS = '^libs/([^/]+/src/index|identity/src/lookup)\\.ts$';

const lib = (name) => `^libs/${name}/`;

/** Code below `from` may use, of all libraries, only itself and the allowed ones. */
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^libs/', pathNot: [from, ...allowed.map(lib)] },
});

const tests = ['\\.spec\\.ts$', '/test/', '^tests/'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'What two files need from each other belongs into a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'everything-resolves',
      comment: 'An import that resolves to nothing is checked by no other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'apps-are-islands',
      comment: 'Services talk over Kafka or HTTP, never by import.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'nothing-imports-an-app',
      comment: 'Libraries, tools and tests use a service as a process, by its ports.',
      severity: 'error',
      from: { path: '^(libs|tools|tests|bench)/' },
      to: { path: '^apps/' },
    },
    {
      name: 'libs-by-front-door',
      comment: 'Import @tollgate/<lib>, never a file inside it.',
      severity: 'error',
      from: { path: '^(apps|libs)/([^/]+)/' },
      to: { path: '^libs/', pathNot: ['^libs/$2/', FRONT_DOORS] },
    },
    {
      name: 'libs-by-front-door-from-tools-and-tests',
      comment: 'Import @tollgate/<lib>, never a file inside it.',
      severity: 'error',
      from: { path: '^(tools|tests|bench)/' },
      to: { path: '^libs/', pathNot: FRONT_DOORS },
    },
    only(
      'contracts-is-the-floor',
      '^libs/contracts/',
      ['testing'],
      'What services promise each other depends on none.',
    ),
    only('platform-on-contracts', '^libs/platform/', ['contracts', 'testing'], 'The floor above contracts.'),
    only(
      'persistence-on-platform',
      '^libs/persistence/',
      ['contracts', 'platform', 'testing'],
      'No broker in storage.',
    ),
    only(
      'messaging-on-persistence',
      '^libs/messaging/',
      ['contracts', 'platform', 'persistence', 'testing'],
      'Inbox and outbox live in the database; nothing else does the broker work need.',
    ),
    only(
      'identity-on-persistence',
      '^libs/identity/',
      ['contracts', 'platform', 'persistence', 'testing'],
      'Keys and people are rows; no broker hears of them.',
    ),
    only(
      'primer-client-on-platform',
      '^libs/primer-client/',
      ['contracts', 'platform', 'testing'],
      'A client of a provider stores nothing and publishes nothing.',
    ),
    only('backends-stand-alone', '^libs/backends/', ['testing'], 'It starts what the other libraries connect to.'),
    only(
      'sandbox-shares-no-client-code',
      '^apps/sandbox/',
      ['platform', 'testing'],
      'An emulator that shares code with the client could prove nothing about it.',
    ),
    only(
      'tools-on-libs',
      '^tools/',
      ['contracts', 'platform', 'persistence', 'identity', 'messaging', 'backends', 'primer-client', 'testing'],
      'The client of Primer is there for the conformance matrix alone; see the next rule.',
    ),
    {
      name: 'tools-talk-to-primer-by-the-services',
      comment: 'Only what compares a server with the documents asks it directly.',
      severity: 'error',
      from: { path: '^tools/', pathNot: '^tools/(src|test)/conformance' },
      to: { path: '^libs/primer-client/' },
    },
    only(
      'bench-measures-from-outside',
      '^bench/src/(?!risk/|rules/)',
      ['backends'],
      'What is compared with the product must not be built from its libraries; the product itself is started whole.',
    ),
    {
      name: 'backends-from-tools-and-tests',
      comment: 'A service gets addresses; it never starts a database or a broker.',
      severity: 'error',
      from: { pathNot: [...tests, '^(tools|bench)/', '^libs/(backends|testing)/'] },
      to: { path: '^libs/backends/' },
    },
    {
      name: 'testing-stays-in-tests',
      comment: 'Nothing that ships depends on what the tests need.',
      severity: 'error',
      from: { pathNot: [...tests, '^libs/testing/'] },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'no-test-is-imported',
      comment: 'What two tests share belongs into libs/testing.',
      severity: 'error',
      from: {},
      to: { path: '\\.spec\\.ts$' },
    },
    {
      name: 'policies-are-pure',
      comment: 'Decisions do no I/O. Parsing and hashing are arithmetic, and a type can do nothing.',
      severity: 'error',
      from: { path: '\\.(policy|states|errors)\\.ts$' },
      to: {
        dependencyTypesNot: ['type-only'],
        pathNot: [
          '^libs/contracts/',
          'node_modules/(@marcbachmann/cel-js|canonicalize|zod)/',
          '\\.(policy|states|errors|types|schema)\\.ts$',
          '^(node:)?crypto$',
        ],
      },
    },
    {
      name: 'policies-know-no-framework',
      comment: 'Not even its types: a decision is told in words of the domain.',
      severity: 'error',
      from: { path: '\\.(policy|states|errors)\\.ts$' },
      to: { path: 'node_modules/', pathNot: 'node_modules/(@marcbachmann/cel-js|canonicalize|zod)/' },
    },
    {
      name: 'use-cases-know-no-transport',
      comment: 'Controllers, consumers and commands call handlers, never the other way round.',
      severity: 'error',
      from: { path: '\\.(handler|service|policy|states|repository|entity)\\.ts$' },
      to: { path: '\\.(controller|consumer|command)\\.ts$' },
    },
    {
      name: 'storage-knows-no-use-case',
      comment: 'A repository serves handlers and knows none.',
      severity: 'error',
      from: { path: '\\.(repository|entity|sql|store)\\.ts$' },
      to: { path: '\\.handler\\.ts$' },
    },
    {
      name: 'ways-in-go-through-handlers',
      comment: 'A controller, consumer or command parses and calls a handler; the transaction is the handler’s.',
      severity: 'error',
      from: { path: '\\.(controller|consumer|command)\\.ts$', pathNot: '^bench/src/tutorial/' },
      to: { path: '\\.(repository|entity|sql)\\.ts$' },
    },
    {
      name: 'kafka-only-in-messaging',
      comment: 'One place knows the client and its traps.',
      severity: 'error',
      from: { path: '^(apps|libs|tools)/', pathNot: '^libs/(messaging|testing)/' },
      to: { path: 'node_modules/(kafkajs|@platformatic/kafka)/' },
    },
    {
      name: 'typeorm-only-in-storage-files',
      comment: 'Business code sees repositories and transactions, not an ORM.',
      severity: 'error',
      from: {
        pathNot: [
          '^libs/persistence/',
          '^bench/',
          '\\.(entity|repository|module|migration|spec)\\.ts$',
          '/migrations/',
        ],
      },
      to: { path: 'node_modules/(typeorm|@nestjs/typeorm)/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@tollgate/source', 'import', 'node', 'default', 'types'],
    },
  },
};
