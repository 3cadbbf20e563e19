/** The cluster of a scenario: what its file says, and what holds where it says nothing. */
import type { Configuration, KnownLevel } from '@conclave/core';
import type { BridgeDevice, Cluster, MusicDevice } from '../cluster.ts';
import { NAME, NUMBER_PATTERN } from './names.ts';
import { type ClusterParameters, clusterParameters, SCENARIO_PARAMETERS } from './parameters.ts';
import { level, type PhoneSpec, phone, phoneConfiguration, phoneDevice } from './phone-shape.ts';
import {
  choice,
  fields,
  flag,
  listOf,
  mapped,
  namedMap,
  type Shape,
  shortOr,
  text,
  wholeNumber,
  wrong,
} from './shape.ts';
import type { Fault, Place } from './tree.ts';

interface BridgeSpec {
  readonly secure: boolean;
  readonly conferences: number;
  readonly parties: number;
  readonly streams: number;
  readonly registered: boolean;
}

interface MusicSpec {
  readonly secure: boolean;
  readonly registered: boolean;
}

export interface ClusterSpec {
  readonly cluster: { readonly mixedMode?: boolean };
  readonly parameters: Partial<ClusterParameters>;
  readonly bridges: ReadonlyMap<string, Partial<BridgeSpec>>;
  readonly music: ReadonlyMap<string, Partial<MusicSpec>>;
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly phones: ReadonlyMap<string, Partial<PhoneSpec>>;
  readonly meetMe: ReadonlyMap<string, KnownLevel>;
  readonly park: readonly string[];
}

const secureWord = choice({ secure: true, encrypted: true, nonsecure: false } as const);
const names = listOf(text('a name', NAME.pattern));

/** Every number of this format that the file has. */
const pattern = text('a number or a range such as 710[0-9] or 50XX', NUMBER_PATTERN);

export const clusterShapes: {
  readonly [K in keyof ClusterSpec]: Shape<ClusterSpec[K]>;
} = {
  cluster: fields<{ mixedMode: boolean }>({ mixedMode: flag }),
  parameters: clusterParameters,
  bridges: namedMap(
    NAME,
    shortOr(
      mapped(secureWord, (secure): Partial<BridgeSpec> => ({ secure })),
      fields<BridgeSpec>({
        secure: flag,
        conferences: wholeNumber(0, 1_000),
        parties: wholeNumber(0, 1_000),
        streams: wholeNumber(0, 10_000),
        registered: flag,
      }),
    ),
    {},
  ),
  music: namedMap(
    NAME,
    shortOr(
      mapped(secureWord, (secure): Partial<MusicSpec> => ({ secure })),
      fields<MusicSpec>({ secure: flag, registered: flag }),
    ),
    {},
  ),
  groups: namedMap(NAME, names),
  lists: namedMap(NAME, names),
  phones: namedMap(NAME, phone, {}),
  meetMe: namedMap({ allowed: 'a number or a range such as 50XX', pattern: NUMBER_PATTERN }, level),
  park: listOf(pattern),
};

/** What holds for a file that does not speak of it. */
const DEFAULT_BRIDGES: ClusterSpec['bridges'] = new Map([['SB', { secure: true }]]);
const DEFAULT_MEET_ME: ClusterSpec['meetMe'] = new Map([
  ['5000', 'nonsecure'],
  ['5001', 'authenticated'],
  ['5002', 'encrypted'],
]);
const DEFAULT_PARK = Array.from({ length: 10 }, (_, last) => `710${last}`);

const FIRST_NUMBER = 1001;

const BRIDGE_TYPE = 'Cisco IOS Enhanced Conference Bridge';

/** Where the value under these keys stands in the file. */
type Places = (...keys: readonly string[]) => Place;

/** Faults are about names that are used twice, or that nothing has. */
export function clusterOf(spec: Partial<ClusterSpec>, place: Places, faults: Fault[]): Cluster {
  const { bridges = DEFAULT_BRIDGES, music = new Map(), phones = new Map() } = spec;
  const mixedMode = spec.cluster?.mixedMode ?? true;
  const lists = resourceLists(spec, place, faults);
  const twice = [...bridges.keys(), ...music.keys()].filter(
    (name, index, all) => phones.has(name) || all.indexOf(name) !== index,
  );
  for (const name of twice) {
    const here = phones.has(name) ? place('phones', name) : place('music', name);
    wrong(here, name, 'names must differ among phones, bridges and music servers', faults);
  }
  for (const number of numbersGiven(phones)) {
    const meetMe = spec.meetMe?.has(number) ?? false;
    if (!meetMe && !spec.park?.includes(number)) continue;
    const here = meetMe ? place('meetMe', number) : place('park');
    wrong(here, meetMe ? `meetMe.${number}` : 'park', `${number} is a line of a phone`, faults);
  }
  return {
    configuration: configurationOf({ ...spec, bridges, phones }, lists),
    phones: [...phones].map(([name, each]) => phoneDevice(name, each)),
    // TIP-11: in a nonsecure cluster no bridge is secure.
    bridges: [...bridges].map(([name, each]) => bridgeDevice(name, each, mixedMode)),
    musics: [...music].map(
      ([name, each]): MusicDevice => ({
        name,
        registered: each.registered ?? true,
        secure: each.secure ?? true,
      }),
    ),
  };
}

function numbersGiven(phones: ClusterSpec['phones']): ReadonlySet<string> {
  const numbers = [...phones.values()].flatMap(({ number, lines = [] }) => {
    return [number, ...lines.map((line) => line.number)];
  });
  return new Set(numbers.filter((each) => each !== undefined));
}

interface ResourceLists {
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly ofPhone: ReadonlyMap<string, string>;
}

function configurationOf(
  spec: Partial<ClusterSpec> & Pick<ClusterSpec, 'bridges' | 'phones'>,
  { groups, lists, ofPhone }: ResourceLists,
): Configuration {
  const { builtInBridge, privacy, ...parameters } = spec.parameters ?? {};
  const defaults = {
    ...(builtInBridge !== undefined && { builtInBridge }),
    ...(privacy !== undefined && { privacy }),
  };
  const taken = numbersGiven(spec.phones);
  // Nobody who gives a phone such a number thinks of numbers that the file does not speak of.
  const meetMe = spec.meetMe ?? new Map([...DEFAULT_MEET_ME].filter(([each]) => !taken.has(each)));
  const park = spec.park ?? DEFAULT_PARK.filter((each) => !taken.has(each));
  let next = FIRST_NUMBER - 1;
  const free = (): string => {
    do next += 1;
    while (taken.has(String(next)));
    return String(next);
  };
  return {
    clusterId: 'StandAloneCluster',
    mixedMode: spec.cluster?.mixedMode ?? true,
    phones: new Map(
      [...spec.phones].map(([name, each]) => {
        const given = { number: each.number ?? (each.lines ? '' : free()) };
        return [
          name,
          phoneConfiguration(name, each, { ...given, list: ofPhone.get(name), defaults }),
        ];
      }),
    ),
    // By name, as the store gives them: of two that are alike the first one is taken.
    bridges: new Map(
      byName(spec.bridges).map(([name, { secure = true }]) => [
        name,
        { name, type: BRIDGE_TYPE, securityMode: secure ? 'encrypted' : 'nonsecure' },
      ]),
    ),
    groups,
    lists,
    meetMeNumbers: byName(meetMe).map(([number, minimum]) => ({ pattern: number, minimum })),
    parkNumbers: park.toSorted(),
    parameters: { ...SCENARIO_PARAMETERS, ...parameters },
  };
}

/** Groups and lists of the file, and those that phones make by naming bridges. */
function resourceLists(spec: Partial<ClusterSpec>, place: Places, faults: Fault[]): ResourceLists {
  const groups = new Map(
    [...(spec.groups ?? [])].map(([name, members]) => [name, members.toSorted()]),
  );
  const lists = new Map(spec.lists ?? []);
  const resources = [...(spec.bridges ?? DEFAULT_BRIDGES).keys(), ...(spec.music?.keys() ?? [])];
  for (const [name, members] of groups) {
    known(
      members,
      resources,
      { ...place('groups', name), key: `groups.${name}`, what: 'bridge' },
      faults,
    );
  }
  for (const [name, members] of lists) {
    const all = [...groups.keys()];
    known(members, all, { ...place('lists', name), key: `lists.${name}`, what: 'group' }, faults);
  }
  const [only, ...more] = lists.keys();
  const ofPhone = new Map<string, string>();
  for (const [name, { resources: wanted }] of spec.phones ?? []) {
    const [first, ...rest] = wanted ?? [];
    if (first === undefined) {
      if (only !== undefined && more.length === 0) ofPhone.set(name, only);
    } else if (rest.length === 0 && lists.has(first)) {
      ofPhone.set(name, first);
    } else {
      const key = `phones.${name}.resources`;
      const here = place('phones', name, 'resources');
      known(wanted ?? [], resources, { ...here, key, what: 'list, bridge' }, faults);
      const own = (wanted ?? []).map((each) => `only ${each}`);
      for (const each of wanted ?? []) groups.set(`only ${each}`, [each]);
      lists.set(`list of ${name}`, own);
      ofPhone.set(name, `list of ${name}`);
    }
  }
  return { groups, lists, ofPhone };
}

function byName<T>(named: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...named].toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function known(
  used: readonly string[],
  there: readonly string[],
  at: Place & { readonly key: string; readonly what: string },
  faults: Fault[],
): void {
  for (const name of used.filter((each) => !there.includes(each))) {
    const rule = `there is no ${at.what} ${name}; there are ${there.join(', ') || 'none'}`;
    wrong(at, at.key, rule, faults);
  }
}

function bridgeDevice(name: string, spec: Partial<BridgeSpec>, mixedMode: boolean): BridgeDevice {
  return {
    name,
    registered: spec.registered ?? true,
    secure: mixedMode && (spec.secure ?? true),
    conferencesMax: spec.conferences ?? 8,
    partiesMax: spec.parties ?? 32,
    streamsMax: spec.streams ?? 128,
  };
}
