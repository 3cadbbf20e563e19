/**
 * Reads a configuration out of any value, such as a request's JSON or a file's YAML: whether each
 * field is there and of its type, and what stands for those that may be left away. Whether the values
 * make sense together is the business of `validation.ts`.
 *
 * Left away, a bridge's security mode and a meet-me number's minimum level are nonsecure: so it is
 * after an upgrade from a release that had neither (SUP-08, SUP-10). Fields that are not known are
 * faults, since they are most often known ones misspelt.
 */
import type { StoredConfiguration } from './configuration.ts';
import type { Fault } from './fault.ts';

/** Objects of one kind; far above any cluster, so that a hostile import ends early. */
export const OBJECTS_MAX = 60_000;

/** Characters of any one text; the rules have lower bounds for most. */
const TEXT_MAX = 1_000;

type Fields = Readonly<Record<string, unknown>>;

/** Gives what stands for the value, or undefined and a fault. */
type Reader = (value: unknown, at: string, faults: Fault[]) => unknown;

/** How to read one field. */
interface Field {
  readonly read: Reader;
  /** For a field that is left away; `optional` leaves it away in the result too. */
  readonly fallback?: unknown;
  readonly optional?: true;
}

type Shape = Readonly<Record<string, Field>>;

export type ParsedConfiguration =
  | { readonly ok: true; readonly configuration: StoredConfiguration }
  | { readonly ok: false; readonly faults: readonly Fault[] };

const text: Reader = (value, at, faults) => {
  if (typeof value !== 'string') return wrong(at, 'must be a text', faults);
  if (value.length > TEXT_MAX) {
    return wrong(at, `must be at most ${TEXT_MAX} characters`, faults);
  }
  if (/\p{Cc}/u.test(value)) return wrong(at, 'must not have control characters', faults);
  return value;
};

const integer: Reader = (value, at, faults) =>
  Number.isSafeInteger(value) ? value : wrong(at, 'must be a whole number', faults);

const flag: Reader = (value, at, faults) =>
  typeof value === 'boolean' ? value : wrong(at, 'must be true or false', faults);

const LINE: Shape = {
  index: { read: integer },
  directoryNumber: { read: text },
  partition: { read: text, fallback: '' },
  displayName: { read: text, fallback: '' },
  label: { read: text, fallback: '' },
};

const PHONE: Shape = {
  name: { read: text },
  model: { read: text },
  firmware: { read: text, fallback: '' },
  protocol: { read: text, fallback: 'SCCP' },
  securityMode: { read: text, fallback: 'nonsecure' },
  description: { read: text, fallback: '' },
  devicePool: { read: text, fallback: 'Default' },
  location: { read: text, fallback: 'Hub_None' },
  userLocale: { read: text, fallback: 'English_United_States' },
  mediaResourceList: { read: text, optional: true },
  builtInBridge: { read: text, optional: true },
  privacy: { read: text, optional: true },
  protectedDevice: { read: flag, optional: true },
  mediaPath: { read: text, optional: true },
  lines: { read: listOf(record(LINE, 'directoryNumber')), fallback: [] },
};

const BRIDGE: Shape = {
  name: { read: text },
  type: { read: text },
  securityMode: { read: text, fallback: 'nonsecure' },
  description: { read: text, optional: true },
  devicePool: { read: text, fallback: 'Default' },
  commonDeviceConfiguration: { read: text, fallback: '' },
  location: { read: text, fallback: 'Hub_None' },
};

const MUSIC_SERVER: Shape = {
  name: { read: text },
  securityMode: { read: text, fallback: 'nonsecure' },
  description: { read: text, optional: true },
  devicePool: { read: text, fallback: 'Default' },
  location: { read: text, fallback: 'Hub_None' },
};

const MEET_ME_NUMBER: Shape = {
  pattern: { read: text },
  partition: { read: text, fallback: '' },
  description: { read: text, fallback: '' },
  minimumSecurityLevel: { read: text, fallback: 'nonsecure' },
};

const PARK_NUMBER: Shape = {
  pattern: { read: text },
  partition: { read: text, fallback: '' },
  description: { read: text, fallback: '' },
};

const CONFIGURATION: Shape = {
  cluster: { read: record({ id: { read: text }, securityMode: { read: text } }) },
  devicePools: {
    read: listOf(
      record({ name: { read: text }, mediaResourceList: { read: text, optional: true } }),
    ),
    optional: true,
  },
  locations: { read: listOf(record({ name: { read: text } })), optional: true },
  phones: { read: listOf(record(PHONE)), fallback: [] },
  bridges: { read: listOf(described(BRIDGE)), fallback: [] },
  musicServers: { read: listOf(described(MUSIC_SERVER)), fallback: [] },
  mediaResourceGroups: {
    read: listOf(record({ name: { read: text }, members: { read: listOf(text), fallback: [] } })),
    fallback: [],
  },
  mediaResourceLists: {
    read: listOf(record({ name: { read: text }, groups: { read: listOf(text), fallback: [] } })),
    fallback: [],
  },
  meetMeNumbers: { read: listOf(record(MEET_ME_NUMBER, 'pattern')), fallback: [] },
  parkNumbers: { read: listOf(record(PARK_NUMBER, 'pattern')), fallback: [] },
  serviceParameters: { read: texts, fallback: {} },
};

/** Never throws. The configuration is complete but for what `StoredConfiguration` may lack. */
export function parseConfiguration(value: unknown): ParsedConfiguration {
  const faults: Fault[] = [];
  const configuration = record(CONFIGURATION)(value, '', faults);
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, configuration: configuration as StoredConfiguration };
}

/** An object with the fields of `shape`; in paths it is called by its field `called`. */
function record(shape: Shape, called = 'name'): Reader {
  return (value, at, faults) => {
    if (!isRecord(value)) return wrong(at, 'must have fields', faults);
    const name = value[called];
    const here = at.endsWith(']') && typeof name === 'string' ? renamed(at, name) : at;
    for (const field of Object.keys(value).filter((each) => !Object.hasOwn(shape, each))) {
      wrong(join(here, field), 'is not known', faults);
    }
    const found: Record<string, unknown> = {};
    for (const [field, { read, fallback, optional }] of Object.entries(shape)) {
      const given = Object.hasOwn(value, field) ? value[field] : undefined;
      if (given === undefined && optional) continue;
      if (given === undefined && fallback === undefined) {
        wrong(join(here, field), 'is missing', faults);
        continue;
      }
      found[field] = given === undefined ? fallback : read(given, join(here, field), faults);
    }
    return found;
  };
}

/** ADM-06: the description of a bridge is its name unless it has one; so it is for music. */
function described(shape: Shape): Reader {
  return (value, at, faults) => {
    const device = record(shape)(value, at, faults);
    return isRecord(device) ? { description: device.name, ...device } : device;
  };
}

function listOf(read: Reader): Reader {
  return (value, at, faults) => {
    if (!Array.isArray(value)) return wrong(at, 'must be a list', faults);
    if (value.length > OBJECTS_MAX) {
      return wrong(at, `must have at most ${OBJECTS_MAX} entries`, faults);
    }
    return value.map((each: unknown, index) => read(each, `${at}[${index}]`, faults));
  };
}

function texts(value: unknown, at: string, faults: Fault[]): unknown {
  if (!isRecord(value)) return wrong(at, 'must have fields', faults);
  for (const [name, each] of Object.entries(value)) text(each, `${at}[${name}]`, faults);
  return value;
}

function wrong(field: string, rule: string, faults: Fault[]): undefined {
  faults.push({ field: field === '' ? 'configuration' : field, rule });
}

/** `phones[0]` becomes `phones[SEP000000001001]`. */
function renamed(at: string, name: string): string {
  return `${at.slice(0, at.lastIndexOf('['))}[${name}]`;
}

function join(at: string, field: string): string {
  return at === '' ? field : `${at}.${field}`;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
