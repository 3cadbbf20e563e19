/**
 * The rules of the house that a text can be asked about: which folder may import what, which words a
 * pure folder must not contain, sizes and habits. A checker of texts; it opens and runs nothing.
 */
import { posix } from 'node:path';
import { type Import, importsOf, readSource } from './source-text.ts';

export interface Zone {
  /** The folder that the rule is about; the first zone that fits a path decides. */
  readonly folder: string;
  /** Names of modules that may be imported; one that ends with a colon stands for all that begin so. */
  readonly imports: readonly string[];
  /** Where relative imports may lead; the folder itself when absent. */
  readonly reaches?: readonly string[];
  /** What the code must not say, and why. */
  readonly banned?: readonly Ban[];
}

interface Ban {
  readonly pattern: RegExp;
  readonly why: string;
}

/** A pure folder gets time and chance as arguments, never waits, and touches nothing outside. */
const PURE: readonly Ban[] = [
  { pattern: /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\./, why: 'time is an argument' },
  { pattern: /\bMath\.random\b|(?<![\w.])crypto\./, why: 'chance is an argument' },
  { pattern: /\bset(?:Timeout|Interval|Immediate)\b/, why: 'a deadline is a return value' },
  { pattern: /\basync\b|\bawait\b|\bPromise\b|\bqueueMicrotask\b/, why: 'a pure step never waits' },
  {
    pattern: /(?<![\w.])(?:process|globalThis|console|Buffer)\.|(?<![\w.])fetch\(/,
    why: 'the world is outside',
  },
];

const CORE: readonly Ban[] = [
  ...PURE,
  { pattern: /\bnew Date\(/, why: 'dates are the business of the shell' },
];

export const ZONES: readonly Zone[] = [
  { folder: 'packages/base/', imports: ['node:assert'], banned: PURE },
  { folder: 'packages/core/', imports: ['@conclave/base'], banned: CORE },
  { folder: 'packages/sccp/wire/', imports: ['@conclave/base'], banned: PURE },
  {
    folder: 'packages/sccp/machine/',
    imports: ['@conclave/base'],
    reaches: ['packages/sccp/machine/', 'packages/sccp/wire/'],
    banned: PURE,
  },
  { folder: 'packages/sccp/', imports: [], banned: PURE },
  { folder: 'packages/sip/wire/', imports: ['@conclave/base'], banned: PURE },
  {
    folder: 'packages/sip/machine/',
    imports: ['@conclave/base', 'node:crypto'],
    reaches: ['packages/sip/machine/', 'packages/sip/wire/'],
    banned: PURE,
  },
  { folder: 'packages/sip/', imports: [], banned: PURE },
  { folder: 'packages/sdp/', imports: ['@conclave/base'], banned: PURE },
  { folder: 'packages/rtp/', imports: ['@conclave/base', 'node:crypto'], banned: PURE },
  { folder: 'packages/media-io/', imports: [...workspaces('base net rtp'), 'node:'] },
  { folder: 'packages/audio/', imports: ['@conclave/base'], banned: PURE },
  { folder: 'packages/opus/', imports: ['@conclave/audio', 'libopus-wasm'] },
  {
    folder: 'packages/pki/',
    imports: ['@conclave/base', 'node:', '@peculiar/x509', 'reflect-metadata'],
  },
  { folder: 'packages/net/', imports: ['@conclave/base', 'node:', 'ws'] },
  {
    folder: 'packages/resource/',
    imports: [...workspaces('base audio net pki sccp'), 'node:'],
  },
  { folder: 'packages/store/', imports: ['@conclave/base', 'node:', 'kysely', 'kysely/migration'] },
  {
    folder: 'packages/api/',
    imports: ['node:', 'fastify', '@fastify/swagger', 'typebox', 'fast-xml-parser'],
  },
  { folder: 'packages/client/', imports: [] },
  { folder: 'packages/telemetry/', imports: ['@conclave/base', 'node:', 'pino'] },
  // It waits for drivers, and so says `await`; time and chance are arguments all the same.
  {
    folder: 'packages/scenario/',
    imports: [...workspaces('base core sccp'), 'yaml'],
    banned: PURE.filter(({ why }) => why !== 'a pure step never waits'),
  },
  {
    folder: 'packages/testkit/',
    imports: [
      ...workspaces('base core sccp sip sdp rtp audio pki net store telemetry scenario'),
      'node:',
    ],
  },
  {
    folder: 'apps/callmanager/adapters/',
    imports: workspaces('base core sccp sip sdp'),
    reaches: ['apps/callmanager/'],
  },
  {
    folder: 'apps/callmanager/',
    imports: [
      ...workspaces(
        'api base audio core net pki resource rtp scenario sccp sip sdp store telemetry',
      ),
      'node:',
      'yaml',
    ],
  },
  // Of the API only types: what runs in a browser has no Node.
  {
    folder: 'apps/web/',
    imports: [
      ...['@conclave/api', '@mantine/core', '@mantine/hooks', '@tanstack/react-query', 'i18next'],
      ...['react', 'react-dom/client', 'react-i18next', 'uplot', '@mantine/core/styles.css'],
      ...['uplot/dist/uPlot.min.css', 'node:crypto', 'node:fs', 'node:path', 'vite'],
    ],
  },
  // A bridge and a phone know no rules: what they show and mix is what they are told.
  {
    folder: 'apps/bridge/',
    imports: [
      ...workspaces('base audio media-io net pki resource resource/fake-call-manager rtp sccp'),
      'node:',
    ],
  },
  {
    folder: 'apps/music/',
    imports: [
      ...workspaces('base audio net resource resource/fake-call-manager rtp sccp'),
      'node:',
    ],
  },
  {
    folder: 'apps/phone/',
    imports: [...workspaces('base audio net pki rtp sccp'), 'node:'],
  },
  {
    folder: 'apps/conclave/',
    imports: [
      ...workspaces(
        'api base core audio bridge callmanager music net phone pki sccp scenario store telemetry',
      ),
      ...['node:', 'yaml'],
    ],
  },
  { folder: 'tools/', imports: ['node:'] },
];

const SOCKET_MODULES = /^node:(?:net|tls|dgram|http|https|http2|quic)$/;

/** What these modules have that opens nothing. */
const NOT_A_SOCKET = ['isIP', 'isIPv4', 'isIPv6'];

/** Sockets live in `net`; the administration listens on a path in the file system, with HTTP. */
const SOCKET_PLACES = ['packages/net/', 'apps/callmanager/admin-socket.ts'];

/** In the call manager only the wiring makes what has a socket, a database or keys. */
const WIRED = ['StreamListener', 'UdpSocket', 'dial', 'Store', 'KeyStore'];

const LINES_MAX = 500;

/** Tables, and tests that are one table of scenarios. A new one has to be named here. */
export const LONG_FILES: readonly string[] = [
  'packages/sccp/wire/messages.ts',
  'packages/sccp/wire/enumerations.ts',
  'packages/sccp/machine/bridge-session.test.ts',
  'packages/core/conferences.test.ts',
  'apps/bridge/bridge.test.ts',
  'packages/client/operations.ts',
];

/** The faults of one file; `path` is relative to the root, with forward slashes. */
export function faultsOfFile(path: string, text: string): readonly string[] {
  const source = readSource(text);
  const imports = importsOf(source);
  return [
    ...importFaults(path, imports),
    ...(isTest(path) ? [] : codeFaults(path, source.code, imports)),
    ...habitFaults(path, text, source.code),
  ].map((fault) => `${path}: ${fault}`);
}

/** Modules that a file of a workspace imports without its package file saying so. */
export function undeclaredImports(
  path: string,
  text: string,
  declared: readonly string[],
): readonly string[] {
  if (isTest(path)) return [];
  return importsOf(readSource(text))
    .map(({ from }) => /^(?:@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? '')
    .filter((name) => !/^(?:\.|node:|$)/.test(name) && !declared.includes(name))
    .map((name) => `${path}: its package.json does not name ${name}`);
}

function importFaults(path: string, imports: readonly Import[]): readonly string[] {
  const zone = zoneOf(path);
  const inWorkspace = /^(?:packages|apps)\//.test(path);
  if (inWorkspace && !zone) return ['belongs to no zone of tools/house.ts'];
  return imports.flatMap(({ from }) => {
    if (from === '') return inWorkspace ? ['imports a module whose name is computed'] : [];
    if (!from.startsWith('.')) return zone ? bareFault(path, zone, from) : [];
    const target = posix.normalize(posix.join(posix.dirname(path), from));
    const reaches = isTest(path) || !zone ? [homeOf(path)] : (zone.reaches ?? [zone.folder]);
    return [
      ...(inWorkspace && from.startsWith('../../') ? [`reaches up twice: ${from}`] : []),
      ...(reaches.some((folder) => target.startsWith(folder)) ? [] : [`reaches ${target}`]),
    ];
  });
}

function bareFault(path: string, zone: Zone, from: string): readonly string[] {
  const allowed = zone.imports.some((name) =>
    name.endsWith(':') ? from.startsWith(name) : from === name,
  );
  return allowed || isTest(path) ? [] : [`imports ${from}`];
}

/** What code must not say and what it must not get hold of. */
function codeFaults(path: string, code: string, imports: readonly Import[]): readonly string[] {
  const banned = (zoneOf(path)?.banned ?? []).flatMap(({ pattern, why }) => {
    const found = pattern.exec(code);
    return found ? [`says ${found[0]}: ${why}`] : [];
  });
  const sockets = imports
    .filter(({ from }) => SOCKET_MODULES.test(from))
    .filter(({ values }) => values.some((name) => !NOT_A_SOCKET.includes(name)))
    .filter(() => !SOCKET_PLACES.some((place) => path.startsWith(place)))
    .map(({ from }) => `opens sockets with ${from}`);
  const wired = imports
    .filter(() => path.startsWith('apps/callmanager/') && !path.endsWith('/wiring.ts'))
    .flatMap(({ from, values }) => values.filter((name) => WIRED.includes(name) && isBare(from)))
    .map((name) => `constructs ${name}, which is for wiring.ts`);
  const chance = imports
    .filter(({ from }) => from === 'node:crypto' && path.startsWith('packages/rtp/'))
    .flatMap(({ values }) => values.filter((name) => /^(?:random|webcrypto|\*)/.test(name)))
    .map((name) => `imports ${name} of node:crypto: chance is an argument`);
  return [...banned, ...sockets, ...wired, ...chance];
}

function habitFaults(path: string, text: string, code: string): readonly string[] {
  const name = posix.basename(path);
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  const faults: readonly (readonly [boolean, string])[] = [
    [!/^(?:#!.*\n)?\s*\/[*/]/.test(text) && needsHeader(path), 'has no header comment'],
    [
      /\bexport\s+default\b|\bas\s+default\b/.test(code) && !isConfiguration(path),
      'default export',
    ],
    [/\bexport\s*\*/.test(code) && name !== 'index.ts', 're-exports a whole module'],
    [!/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)+$/.test(name), 'is not named in kebab-case'],
    [lines > LINES_MAX && !LONG_FILES.includes(path), `has ${lines} lines, over ${LINES_MAX}`],
  ];
  return faults.flatMap(([isFault, fault]) => (isFault ? [fault] : []));
}

function needsHeader(path: string): boolean {
  return posix.basename(path) !== 'index.ts' && !/\.test\.ts$/.test(path) && !isConfiguration(path);
}

/** Configuration of a tool, at the root. */
function isConfiguration(path: string): boolean {
  return /^[\w.-]+\.config\.ts$/.test(path);
}

/** Code that nothing imports. The test kit is none: it has a zone, and only tests may import it. */
function isTest(path: string): boolean {
  return path.startsWith('test/') || /\.(?:test|bench|soak)\.ts$/.test(path);
}

function zoneOf(path: string): Zone | undefined {
  return ZONES.find((zone) => path.startsWith(zone.folder));
}

/** The workspace, or the folder at the root, that a file lives in. */
function homeOf(path: string): string {
  return /^(?:packages|apps)\/[^/]+\/|^[^/]+\/|/.exec(path)?.[0] ?? '';
}

function isBare(name: string): boolean {
  return !name.startsWith('.');
}

function workspaces(names: string): readonly string[] {
  return names.split(' ').map((name) => `@conclave/${name}`);
}
