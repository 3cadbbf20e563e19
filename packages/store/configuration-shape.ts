/**
 * Reads a configuration out of any value, such as a request's JSON or a file's YAML: whether each
 * field is there and of its type, and what stands for those that may be left away. Whether the values
 * make sense together is the business of `validation.ts`.
 *
 * Left away, a bridge's security mode and a meet-me number's minimum level are nonsecure: so it is
 * after an upgrade from a release that had neither (SUP-08, SUP-10). Fields that are not known are
 * faults, since they are most often known ones misspelt.
 */
import {
  DEFAULT_SIP_REALM,
  type StoredConfiguration,
  type StoredDigest,
  type StoredPhone,
  type StoredSipTrunk,
} from './configuration.ts';
import { digestOf, PASSWORD_MAX } from './digest.ts';
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

/** What a person gives: a password, or what an export has made of one. */
interface GivenDigest extends Partial<StoredDigest> {
  readonly user: string;
  readonly password?: string;
}

type Given<T> = Omit<T, 'digest'> & { readonly digest?: GivenDigest };

interface GivenConfiguration extends Omit<StoredConfiguration, 'phones' | 'sipTrunks'> {
  readonly phones: readonly Given<StoredPhone>[];
  readonly sipTrunks: readonly Given<StoredSipTrunk>[];
}

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

/** The password that is given for it is read as the hashes that are stored. */
const DIGEST: Shape = {
  user: { read: text },
  realm: { read: text, optional: true },
  password: { read: text, optional: true },
  md5: { read: text, optional: true },
  sha256: { read: text, optional: true },
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
  commonDeviceConfiguration: { read: text, optional: true },
  userLocale: { read: text, fallback: 'English_United_States' },
  mediaResourceList: { read: text, optional: true },
  builtInBridge: { read: text, optional: true },
  privacy: { read: text, optional: true },
  protectedDevice: { read: flag, optional: true },
  mediaPath: { read: text, optional: true },
  standardClient: { read: flag, optional: true },
  digest: { read: record(DIGEST, 'user'), optional: true },
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

const SIP_TRUNK: Shape = {
  name: { read: text },
  description: { read: text, optional: true },
  devicePool: { read: text, fallback: 'Default' },
  location: { read: text, fallback: 'Hub_None' },
  destinations: {
    read: listOf(record({ host: { read: text }, port: { read: integer, optional: true } }, 'host')),
  },
  transport: { read: text, fallback: 'TCP' },
  srtpAllowed: { read: flag, fallback: false },
  trustSecurityStatus: { read: flag, fallback: false },
  onNet: { read: flag, fallback: false },
  certificateName: { read: text, optional: true },
  digest: { read: record(DIGEST, 'user'), optional: true },
};

const ROUTE: Shape = {
  pattern: { read: text },
  partition: { read: text, fallback: '' },
  description: { read: text, fallback: '' },
  trunk: { read: text },
};

const DIRECTORY_NUMBER: Shape = {
  pattern: { read: text },
  partition: { read: text, fallback: '' },
  description: { read: text, fallback: '' },
  alertingName: { read: text, fallback: '' },
};

const OTHER_FIELD: Shape = {
  kind: { read: text },
  key: { read: text },
  field: { read: text },
  value: { read: text },
};

const DEVICE_POOL: Shape = {
  name: { read: text },
  mediaResourceList: { read: text, optional: true },
  region: { read: text, optional: true },
  dateTimeGroup: { read: text, optional: true },
  callManagerGroup: { read: text, optional: true },
};

const CLUSTER: Shape = {
  id: { read: text },
  securityMode: { read: text },
  sipRealm: { read: text, optional: true },
};

const CONFIGURATION: Shape = {
  cluster: { read: record(CLUSTER) },
  devicePools: { read: listOf(record(DEVICE_POOL)), optional: true },
  locations: { read: listOf(record({ name: { read: text } })), optional: true },
  commonDeviceConfigurations: {
    read: listOf(record({ name: { read: text }, userLocale: { read: text, optional: true } })),
    optional: true,
  },
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
  sipTrunks: { read: listOf(described(SIP_TRUNK)), fallback: [] },
  routes: { read: listOf(record(ROUTE, 'pattern')), fallback: [] },
  directoryNumbers: { read: listOf(record(DIRECTORY_NUMBER, 'pattern')), optional: true },
  otherFields: { read: listOf(record(OTHER_FIELD, 'key')), optional: true },
  serviceParameters: { read: texts, fallback: {} },
};

/** Never throws. The configuration is complete but for what `StoredConfiguration` may lack. */
export function parseConfiguration(value: unknown): ParsedConfiguration {
  const faults: Fault[] = [];
  const configuration = record(CONFIGURATION)(value, '', faults) as GivenConfiguration;
  if (faults.length > 0) return { ok: false, faults };
  const realm = configuration.cluster.sipRealm ?? DEFAULT_SIP_REALM;
  const phones = configuration.phones.map((phone) =>
    withDigest(phone, `phones[${phone.name}].digest`, { realm, faults }),
  );
  const sipTrunks = configuration.sipTrunks.map((trunk) =>
    withDigest(trunk, `sipTrunks[${trunk.name}].digest`, { realm: '', faults }),
  );
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, configuration: { ...configuration, phones, sipTrunks } };
}

/** Hashes the password, if there is one. `realm` is used where none is given. */
function withDigest<T extends { readonly digest?: GivenDigest }>(
  device: T,
  at: string,
  { realm: usual, faults }: { readonly realm: string; readonly faults: Fault[] },
): Omit<T, 'digest'> & { readonly digest?: StoredDigest } {
  const { digest, ...rest } = device;
  if (!digest) return rest;
  const { user, password, realm = usual, md5 = '', sha256 = '' } = digest;
  if (password === undefined) return { ...rest, digest: { user, realm, md5, sha256 } };
  if (password === '' || password.length > PASSWORD_MAX) {
    wrong(`${at}.password`, `must be 1 to ${PASSWORD_MAX} characters`, faults);
  }
  return { ...rest, digest: digestOf({ user, realm, password }) };
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
