/**
 * The shapes of what goes in and out, as JSON Schema: requests are checked against them, and the OpenAPI
 * document is made of them. Rules beyond a shape are the store's.
 */
import { type Static, type TSchema, Type } from 'typebox';
import { PASSWORD_MAX, PASSWORD_MIN } from './password.ts';
import { ROLES } from './roles.ts';

const text = (maxLength: number) => Type.String({ maxLength });
const name = Type.String({ minLength: 1, maxLength: 50 });
const level = Type.Enum(['nonsecure', 'authenticated', 'encrypted']);
const onOff = Type.Enum(['on', 'off']);

function closed<Fields extends Record<string, TSchema>>(properties: Fields) {
  return Type.Object(properties, { additionalProperties: false });
}

const Line = closed({
  index: Type.Integer({ minimum: 1, maximum: 42 }),
  directoryNumber: text(32),
  partition: text(50),
  displayName: text(30),
  label: text(30),
});

/** The password goes in and never comes out. */
const Digest = closed({
  user: name,
  password: Type.Optional(Type.String({ minLength: 1, maxLength: PASSWORD_MAX })),
});

const device = {
  name,
  description: text(128),
  devicePool: name,
  location: name,
};

const pattern = { pattern: text(50), partition: text(50), description: text(50) };

const Phone = closed({
  ...device,
  model: text(32),
  firmware: text(32),
  protocol: Type.Enum(['SCCP', 'SIP']),
  securityMode: level,
  commonDeviceConfiguration: Type.Optional(name),
  userLocale: text(50),
  mediaResourceList: Type.Optional(name),
  builtInBridge: Type.Optional(onOff),
  privacy: Type.Optional(onOff),
  protectedDevice: Type.Optional(Type.Boolean()),
  mediaPath: Type.Optional(Type.Enum(['rsvp-agent', 'mtp'])),
  standardClient: Type.Optional(Type.Boolean()),
  digest: Type.Optional(Digest),
  lines: Type.Array(Line, { maxItems: 42 }),
});

const resourceMode = Type.Enum(['nonsecure', 'encrypted']);

const Bridge = closed({
  ...device,
  type: text(50),
  securityMode: resourceMode,
  commonDeviceConfiguration: text(50),
});

const MusicServer = closed({ ...device, securityMode: resourceMode });

const SipTrunk = closed({
  ...device,
  destinations: Type.Array(
    closed({ host: text(255), port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })) }),
    { minItems: 1, maxItems: 16 },
  ),
  transport: Type.Enum(['UDP', 'TCP', 'TLS']),
  srtpAllowed: Type.Boolean(),
  trustSecurityStatus: Type.Boolean(),
  onNet: Type.Boolean(),
  certificateName: Type.Optional(text(255)),
  digest: Type.Optional(Digest),
});

/** One kind of configured object. */
export interface Kind {
  /** In paths and in the configuration. */
  readonly field: string;
  /** What no two of them share. */
  readonly keyOf: (object: object) => string;
  readonly schema: TSchema;
}

const byName = (object: object): string => String((object as { name?: unknown }).name);

/** As the store names them: the pattern, and its partition unless that is none. */
function byPattern(object: object): string {
  const { pattern: digits, partition } = object as { pattern?: unknown; partition?: unknown };
  return partition ? `${String(digits)}/${String(partition)}` : String(digits);
}

const SCHEMAS = {
  phones: Phone,
  bridges: Bridge,
  musicServers: MusicServer,
  sipTrunks: SipTrunk,
  devicePools: closed({
    name,
    mediaResourceList: Type.Optional(name),
    region: Type.Optional(name),
    dateTimeGroup: Type.Optional(name),
    callManagerGroup: Type.Optional(name),
  }),
  locations: closed({ name }),
  commonDeviceConfigurations: closed({
    name: Type.String({ minLength: 1, maxLength: 128 }),
    userLocale: Type.Optional(text(50)),
  }),
  mediaResourceGroups: closed({ name, members: Type.Array(name, { maxItems: 1000 }) }),
  mediaResourceLists: closed({ name, groups: Type.Array(name, { maxItems: 100 }) }),
  meetMeNumbers: closed({ ...pattern, minimumSecurityLevel: level }),
  parkNumbers: closed(pattern),
  routes: closed({ ...pattern, trunk: name }),
  directoryNumbers: closed({ ...pattern, description: text(128), alertingName: text(30) }),
} as const;

/** The type of an object by its kind, for who asks this API in TypeScript. */
export type ConfiguredObjects = {
  readonly [Field in keyof typeof SCHEMAS]: Static<(typeof SCHEMAS)[Field]>;
};

export const KINDS: readonly Kind[] = Object.entries(SCHEMAS).map(([field, schema]) => ({
  field,
  schema,
  keyOf: 'pattern' in schema.properties ? byPattern : byName,
}));

const role = Type.Enum([...ROLES]);
const userName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$' });
const password = Type.String({ minLength: PASSWORD_MIN, maxLength: PASSWORD_MAX });

export const LOGIN = closed({ user: text(50), password: text(PASSWORD_MAX) });
export const USER = closed({ name: userName, role, password });
export const USER_CHANGE = closed({ role, password: Type.Optional(password) });
export const OWN_PASSWORD = closed({ password: text(PASSWORD_MAX), newPassword: password });
export const TOKEN = closed({ label: Type.String({ minLength: 1, maxLength: 50 }) });

const leg = Type.Integer({ minimum: 1 });
export const PARTY = closed({ leg });
export const MUTE = closed({ leg, muted: Type.Boolean() });
export const LOCK = closed({ locked: Type.Boolean() });

export const LIVE_LEVEL = Type.Enum(['unknown', 'nonsecure', 'authenticated', 'encrypted']);
const time = Type.Integer({ description: 'Milliseconds since 1970, UTC' });

/** A tree. */
const LiveLimit = Type.Object(
  { rule: Type.String(), level: LIVE_LEVEL, fact: Type.String() },
  { additionalProperties: true, description: 'Those below it are in `because`' },
);

export const LIVE_CONFERENCE = Type.Object({
  id: Type.Integer(),
  kind: Type.Enum(['ad-hoc', 'meet-me']),
  number: Type.Optional(Type.String()),
  bridge: Type.String(),
  level: LIVE_LEVEL,
  sinceMs: time,
  startedMs: time,
  minimum: level,
  locked: Type.Optional(Type.Object({ by: Type.String(), sinceMs: time })),
  parties: Type.Array(
    Type.Object({
      ...{ leg: Type.Integer(), device: Type.String(), name: Type.String(), number: Type.String() },
      ...{ level: LIVE_LEVEL, because: Type.String(), media: Type.Enum(['srtp', 'rtp']) },
      state: Type.Enum(['adding', 'present', 'leaving']),
      ...{ held: Type.Boolean(), muted: Type.Boolean(), isController: Type.Boolean() },
      joinedMs: time,
      link: Type.Optional(Type.Integer()),
    }),
  ),
  ringing: Type.Array(Type.Object({ device: Type.String(), number: Type.String() })),
  links: Type.Array(Type.Integer()),
  why: Type.Object({
    level: LIVE_LEVEL,
    sentence: Type.String(),
    rules: Type.Array(Type.String()),
    fixes: Type.Array(Type.String()),
    limits: Type.Array(LiveLimit),
  }),
  timeline: Type.Array(Type.Object({ atMs: time, level: LIVE_LEVEL, because: Type.String() })),
});

const Remedy = Type.Object({ changes: Type.Array(Type.String()) });
export const REMEDIES = Type.Object({
  keeping: Type.Optional(Remedy),
  atOnce: Type.Optional(Remedy),
});

export const FAULTS = Type.Object({
  error: Type.String(),
  message: Type.String(),
  faults: Type.Optional(Type.Array(Type.Object({ field: Type.String(), rule: Type.String() }))),
});
