import type { SourceFile } from './source-files.ts';

/** What a file does wrong, in words that tell what to do; none when it is tidy. */
export type TidyRule = (file: SourceFile) => string[];

/** The last word of a file name says what the file is for. A new role is a decision, so the list is closed. */
export const ROLES = [
  ...['main', 'module', 'config'],
  ...['controller', 'consumer', 'command', 'job'],
  ...[
    'handler',
    'service',
    'policy',
    'states',
    'entity',
    'repository',
    'store',
    'client',
    'server',
    'sql',
    'migration',
  ],
  ...['errors', 'types', 'schema', 'event', 'metrics'],
  ...['guard', 'filter', 'pipe', 'interceptor', 'decorator', 'hook'],
];

const LINES_MAX = 400;
const README_LINES_MAX = 80;

/** Files that may be longer than {@link LINES_MAX} lines, each with the reason. */
const LONG_FILES = new Map<string, string>();

const WORDS = '[a-z0-9]+(-[a-z0-9]+)*';
const ROLE = `(${ROLES.join('|')})`;

/** `<use-case or noun>.<role>.ts`; outside of apps a plain noun will do, and `index.ts` is a library's front door. */
export const nameTellsRole: TidyRule = ({ path }) => {
  if (!/^(apps|libs|tools|tests)\/.*\.tsx?$/.test(path)) return [];
  const name = path.slice(path.lastIndexOf('/') + 1);
  return fittingNames(path).some((pattern) => pattern.test(name))
    ? []
    : [`is named neither <use-case or noun>.<role>.ts with one of the roles ${ROLES.join(', ')} nor as a test`];
};

function fittingNames(path: string): RegExp[] {
  // A component, or a hook: what it shows or gives is its name.
  if (/^apps\/[^/]+\/page\//.test(path) && !path.endsWith('.spec.ts')) {
    return [new RegExp(`^${WORDS}\\.tsx$`), new RegExp(`^use-${WORDS}\\.ts$`), new RegExp(`^${WORDS}\\.${ROLE}\\.ts$`)];
  }
  const test = new RegExp(`^${WORDS}(\\.${ROLE})?\\.spec\\.ts$`);
  if (/^tests\/e2e\//.test(path)) return [new RegExp(`^${WORDS}\\.e2e\\.spec\\.ts$`), new RegExp(`^${WORDS}\\.ts$`)];
  if (/^tests\//.test(path)) return [test, new RegExp(`^${WORDS}\\.ts$`)];
  if (/^(apps|libs)\/[^/]+\/test\/|^tools\/test\//.test(path)) {
    return [new RegExp(`^${WORDS}(\\.${ROLE})?\\.int\\.spec\\.ts$`), new RegExp(`^${WORDS}(\\.${ROLE})?\\.ts$`)];
  }
  if (/^apps\//.test(path)) return [/^main\.ts$/, new RegExp(`^${WORDS}\\.${ROLE}\\.ts$`), test];
  const frontDoor = /^libs\/[^/]+\/src\/index\.ts$/.test(path) ? [/^index\.ts$/] : [];
  return [...frontDoor, new RegExp(`^(?!index\\.ts$)${WORDS}(\\.${ROLE})?\\.ts$`), test];
}

export const noDrawerNames: TidyRule = ({ path }) => {
  const drawer = path.split(/[/.-]/).find((word) => /^(utils?|helpers?|commons?|misc|shared|stuff)$/.test(word));
  return drawer === undefined ? [] : [`is filed under "${drawer}": name it after what it does`];
};

export const staysShort: TidyRule = ({ path, text }) => {
  if (!/\.(tsx?|cjs|mjs|js|sh)$/.test(path) || LONG_FILES.has(path)) return [];
  const lines = text.split('\n').length - 1;
  return lines <= LINES_MAX ? [] : [`has ${lines} lines, more than ${LINES_MAX}: split it by what it does`];
};

export const readmeFitsAPage: TidyRule = ({ path, text }) => {
  if (!/^apps\/[^/]+\/README\.md$/.test(path)) return [];
  const lines = text.split('\n').length - 1;
  return lines <= README_LINES_MAX ? [] : [`has ${lines} lines, more than a page of ${README_LINES_MAX}`];
};

/** In pieces, or this file would hold what it forbids. */
const PUT_OFF_MARKS = [
  ['TO', 'DO'],
  ['FIX', 'ME'],
  ['HA', 'CK'],
].map((parts) => parts.join(''));

export const nothingPutOff: TidyRule = ({ path, text }) => {
  if (path.startsWith('docs/')) return [];
  const marks = new RegExp(`\\b(${PUT_OFF_MARKS.join('|')})\\b`, 'g');
  return [...text.matchAll(marks)].map(({ 0: mark }) => `puts something off ("${mark}"): do it or drop it`);
};

export const noTestLeftOut: TidyRule = ({ path, text }) => {
  if (!path.endsWith('.spec.ts')) return [];
  const left =
    /\b(?:(?:it|test|describe)\.(?:skip|only|todo|failing))\s*[.(]|\b(?:xit|fit|xdescribe|fdescribe|xtest)\s*\(/g;
  return [...text.matchAll(left)].map(({ 0: call }) => `leaves tests out with ${call}`);
};

/** Where packages are downloaded from is each machine's own setting; in pieces, or this file would name them. */
const REGISTRIES = [
  ['registry', 'npmjs', 'org'],
  ['registry', 'yarnpkg', 'com'],
  ['npm', 'pkg', 'github', 'com'],
  ['repo', 'maven', 'apache', 'org'],
  ['repo1', 'maven', 'org'],
  ['repo', '1', 'maven', 'org'],
  ['pypi', 'org'],
  ['files', 'pythonhosted', 'org'],
  ['proxy', 'golang', 'org'],
  ['docker', 'io'],
  ['ghcr', 'io'],
  ['quay', 'io'],
].map((parts) => parts.join('.'));

export const noRegistryNamed: TidyRule = ({ text }) =>
  REGISTRIES.filter((host) => text.includes(host)).map((host) => `names the package registry ${host}`);

export const noMachinePath: TidyRule = ({ text }) => {
  const absolute = /(?<![\w./-])\/(?:work|root|Users|home\/[a-z]\w*)\/[\w.-]+|\b[A-Z]:\\+Users\b/g;
  return [...text.matchAll(absolute)].map(({ 0: path }) => `names ${path}, a path of somebody's machine`);
};

/** Where reading the environment is the job; everything else gets typed, frozen settings. */
const ENVIRONMENT_READERS = [
  /\.config\.ts$/,
  /^libs\/platform\/src\/config\//,
  /^libs\/(backends|testing)\//,
  /^(tools|tests)\//,
  /\/test\//,
];

export const environmentIsReadOnce: TidyRule = ({ path, text }) => {
  if (!/^(apps|libs|tools|tests)\/.*\.ts$/.test(path) || ENVIRONMENT_READERS.some((each) => each.test(path))) return [];
  return /\bprocess\.env\b/.test(text) ? ['reads process.env: only <app>.config.ts does'] : [];
};

export const TIDY_RULES: Record<string, TidyRule> = {
  'every file name says what the file is for': nameTellsRole,
  'no file is a drawer for everything': noDrawerNames,
  'every file is short enough to be read': staysShort,
  'every README of an app fits on a page': readmeFitsAPage,
  'nothing is put off in a comment': nothingPutOff,
  'no test is left out or runs alone': noTestLeftOut,
  'no package registry is named': noRegistryNamed,
  "no path of anybody's machine is named": noMachinePath,
  'the environment is read in one place of each service': environmentIsReadOnce,
};
