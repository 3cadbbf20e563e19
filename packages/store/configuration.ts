/** The whole configuration as one plain value: what is read, exported, checked and imported. */

export type PhoneSecurityMode = 'nonsecure' | 'authenticated' | 'encrypted';
/** Of bridges and other media resources. */
export type BridgeSecurityMode = 'nonsecure' | 'encrypted';

/** A line as it appears on a button of a phone. Several phones with one line share it. */
export interface StoredLine {
  /** 1-based button. */
  readonly index: number;
  readonly directoryNumber: string;
  /** Empty means none. */
  readonly partition: string;
  /** Shown to the other party. */
  readonly displayName: string;
  /** Shown beside the button; empty means the directory number. */
  readonly label: string;
}

/**
 * What a SIP device proves itself with: hashes of user, realm and password, lower-case hexadecimal
 * (HA1 of RFC 7616). The password itself is stored nowhere.
 */
export interface StoredDigest {
  readonly user: string;
  /** For phones the cluster's, for trunks the one that the other system challenges with. */
  readonly realm: string;
  readonly md5: string;
  readonly sha256: string;
}

export interface StoredPhone {
  /** `SEP` and the MAC address in twelve hexadecimal digits; a standard client's has other forms too. */
  readonly name: string;
  /** Such as `7961G`; models that are not listed are allowed (PHN-08). */
  readonly model: string;
  /** Such as `9.4(2)`; empty means unknown. */
  readonly firmware: string;
  readonly protocol: 'SCCP' | 'SIP';
  readonly securityMode: PhoneSecurityMode;
  readonly description: string;
  readonly devicePool: string;
  readonly location: string;
  /** Absent: none. */
  readonly commonDeviceConfiguration?: string;
  readonly userLocale: string;
  /** Absent means that of the device pool, else the default list. */
  readonly mediaResourceList?: string;
  /** Whether it can be barged. Absent: as the service parameter Built-in Bridge Enable says. */
  readonly builtInBridge?: 'on' | 'off';
  /** Whether it hides its calls on shared lines. Absent: as the service parameter says. */
  readonly privacy?: 'on' | 'off';
  /** Plays the secure tone; has no conferences and no shared lines. Absent: no. */
  readonly protectedDevice?: boolean;
  /** What its media passes (INT-08). Absent: nothing. */
  readonly mediaPath?: 'rsvp-agent' | 'mtp';
  /** SIP: a client without icons and softkeys of ours. Absent: an enterprise phone. */
  readonly standardClient?: boolean;
  /** SIP. Absent: nothing is asked of it but its certificate, if its security mode needs one. */
  readonly digest?: StoredDigest;
  readonly lines: readonly StoredLine[];
}

export interface StoredBridge {
  /** At most 15 characters: the name in `associate profile <id> register <name>`. */
  readonly name: string;
  /** One of `BRIDGE_TYPES`. */
  readonly type: string;
  readonly securityMode: BridgeSecurityMode;
  readonly description: string;
  readonly devicePool: string;
  /** Empty means none. */
  readonly commonDeviceConfiguration: string;
  readonly location: string;
}

export interface StoredMusicServer {
  /** At most 15 characters: the name under which it registers. */
  readonly name: string;
  readonly securityMode: BridgeSecurityMode;
  readonly description: string;
  readonly devicePool: string;
  readonly location: string;
}

export interface StoredSipTrunk {
  /** At most 15 characters. */
  readonly name: string;
  readonly description: string;
  readonly devicePool: string;
  readonly location: string;
  /** The other system's hosts, the first one first; it is known by their addresses too. */
  readonly destinations: readonly StoredDestination[];
  readonly transport: SipTrunkTransport;
  /** Only over TLS do keys travel. */
  readonly srtpAllowed: boolean;
  /** Believe what the other side tells of its parties' levels (D-19); without, they are nonsecure. */
  readonly trustSecurityStatus: boolean;
  /** The parties behind belong to the organisation. */
  readonly onNet: boolean;
  /** TLS: the name in the other side's certificate. Absent: the name of a destination. */
  readonly certificateName?: string;
  /** For when the other side challenges us. */
  readonly digest?: StoredDigest;
}

export type SipTrunkTransport = 'UDP' | 'TCP' | 'TLS';

export interface StoredDestination {
  /** A literal address or a name. */
  readonly host: string;
  /** Absent: as the name says in DNS, else 5060, or 5061 for TLS. */
  readonly port?: number;
}

/** Numbers that lead over a trunk. */
export interface StoredRoute {
  /** As for meet-me numbers. */
  readonly pattern: string;
  readonly partition: string;
  readonly description: string;
  /** Name of a SIP trunk. */
  readonly trunk: string;
}

export interface StoredDevicePool {
  readonly name: string;
  /** For devices that have none of their own. */
  readonly mediaResourceList?: string;
  // Kept as they are given: regions, time groups and nodes rule nothing here.
  /** Absent: `Default`. */
  readonly region?: string;
  /** Absent: `CMLocal`. */
  readonly dateTimeGroup?: string;
  /** Absent: `Default`. */
  readonly callManagerGroup?: string;
}

/** What devices share by naming it. It rules nothing here. */
export interface StoredCommonDeviceConfiguration {
  readonly name: string;
  /** Absent: none; a phone has its own. */
  readonly userLocale?: string;
}

export interface StoredLocation {
  readonly name: string;
}

export interface StoredMediaResourceGroup {
  readonly name: string;
  /** Names of bridges and music servers, without order: load is shared among those of a kind. */
  readonly members: readonly string[];
}

export interface StoredMediaResourceList {
  readonly name: string;
  /** Names of groups, the first one first. */
  readonly groups: readonly string[];
}

/** What a line has of its own, on whatever phones it is; also one that no phone has yet. */
export interface StoredDirectoryNumber {
  /** A directory number, not a range. */
  readonly pattern: string;
  readonly partition: string;
  readonly description: string;
  readonly alertingName: string;
}

/** What other systems' tools say of an object and nothing here obeys: kept to be given back to them. */
export interface StoredOtherField {
  /** A list of the configuration, or `lines`. */
  readonly kind: string;
  /** Of the object, as the API's paths have it. */
  readonly key: string;
  readonly field: string;
  readonly value: string;
}

export interface StoredMeetMeNumber {
  /** Digits, `X`, or ranges such as `10[0-5]0` (MML-03). */
  readonly pattern: string;
  readonly partition: string;
  readonly description: string;
  readonly minimumSecurityLevel: PhoneSecurityMode;
}

/** A number or range where calls can be parked. */
export interface StoredParkNumber {
  /** As for meet-me numbers. */
  readonly pattern: string;
  readonly partition: string;
  readonly description: string;
}

export interface StoredCluster {
  readonly id: string;
  readonly securityMode: 'nonsecure' | 'mixed';
  /** What SIP phones are challenged with. Absent: `DEFAULT_SIP_REALM`. */
  readonly sipRealm?: string;
}

export const DEFAULT_SIP_REALM = 'conclave';

export interface StoredConfiguration {
  readonly cluster: StoredCluster;
  /** Absent keeps those that are stored, and makes those that devices name. */
  readonly devicePools?: readonly StoredDevicePool[];
  /** Absent keeps those that are stored, and makes those that devices name. */
  readonly locations?: readonly StoredLocation[];
  /** Absent keeps those that are stored, and makes those that devices name. */
  readonly commonDeviceConfigurations?: readonly StoredCommonDeviceConfiguration[];
  readonly phones: readonly StoredPhone[];
  readonly bridges: readonly StoredBridge[];
  /** Music-on-hold servers. Absent: none. */
  readonly musicServers?: readonly StoredMusicServer[];
  readonly mediaResourceGroups: readonly StoredMediaResourceGroup[];
  readonly mediaResourceLists: readonly StoredMediaResourceList[];
  readonly meetMeNumbers: readonly StoredMeetMeNumber[];
  /** Absent: none. */
  readonly parkNumbers?: readonly StoredParkNumber[];
  /** Absent: none. */
  readonly sipTrunks?: readonly StoredSipTrunk[];
  /** Absent: none. */
  readonly routes?: readonly StoredRoute[];
  /** Absent: none. A line of a phone need not be here. */
  readonly directoryNumbers?: readonly StoredDirectoryNumber[];
  /** Absent: none. Those of objects that are gone go too. */
  readonly otherFields?: readonly StoredOtherField[];
  /** By name; those that are absent have their defaults. */
  readonly serviceParameters: Readonly<Record<string, string>>;
}

/** A configuration with nothing left away, as the store gives it. */
export type CompleteConfiguration = Required<StoredConfiguration>;

/** What there is before anything was stored. */
export const EMPTY_CONFIGURATION: CompleteConfiguration = {
  cluster: { id: 'StandAloneCluster', securityMode: 'nonsecure' },
  devicePools: [{ name: 'Default' }],
  locations: [{ name: 'Hub_None' }],
  commonDeviceConfigurations: [],
  phones: [],
  bridges: [],
  musicServers: [],
  mediaResourceGroups: [],
  mediaResourceLists: [],
  meetMeNumbers: [],
  parkNumbers: [],
  sipTrunks: [],
  routes: [],
  directoryNumbers: [],
  otherFields: [],
  serviceParameters: {},
};

/** `configuration` with what devices refer to as `before` and its own devices have it where absent. */
export function completed(
  configuration: StoredConfiguration,
  before: CompleteConfiguration = EMPTY_CONFIGURATION,
): CompleteConfiguration {
  const { phones, bridges, musicServers = [], sipTrunks = [] } = configuration;
  const { parkNumbers = [], routes = [], directoryNumbers = [] } = configuration;
  const devices = [...phones, ...bridges, ...musicServers, ...sipTrunks];
  const pools = devices.map((device) => device.devicePool);
  const locations = devices.map((device) => device.location);
  const common = [...phones, ...bridges].flatMap(
    (device) => device.commonDeviceConfiguration || [],
  );
  const complete = {
    ...configuration,
    musicServers,
    parkNumbers,
    sipTrunks,
    routes,
    directoryNumbers,
    devicePools: configuration.devicePools ?? withNames(before.devicePools, pools),
    locations: configuration.locations ?? withNames(before.locations, locations),
    commonDeviceConfigurations:
      configuration.commonDeviceConfigurations ??
      withNames(before.commonDeviceConfigurations, common),
    otherFields: [],
  };
  return { ...complete, otherFields: ownedFields(complete, configuration.otherFields ?? []) };
}

/** Those whose object is there. */
function ownedFields(
  configuration: CompleteConfiguration,
  fields: readonly StoredOtherField[],
): readonly StoredOtherField[] {
  if (fields.length === 0) return fields;
  const { phones, directoryNumbers } = configuration;
  const lines = phones.flatMap((phone) =>
    phone.lines.map((line) => ({ pattern: line.directoryNumber, partition: line.partition })),
  );
  const kinds: Readonly<Record<string, unknown>> = {
    ...configuration,
    lines: [...lines, ...directoryNumbers],
  };
  const keys = new Map(
    [...new Set(fields.map(({ kind }) => kind))].map((kind) => {
      const objects = Object.hasOwn(kinds, kind) ? kinds[kind] : [];
      return [kind, new Set(Array.isArray(objects) ? objects.map(keyOfObject) : [])];
    }),
  );
  return fields.filter(({ kind, key }) => keys.get(kind)?.has(key));
}

/** As the API names an object in paths: its name, or the pattern and the partition unless that is none. */
function keyOfObject(object: Readonly<Record<string, unknown>>): string {
  const { name, pattern, partition } = object;
  if (pattern === undefined) return String(name);
  return partition ? `${pattern}/${partition}` : String(pattern);
}

/** The list a phone's conferences take their bridge from: its own, else its device pool's (SEC-10). */
export function mediaResourceListOf(
  { devicePools = [] }: StoredConfiguration,
  phone: StoredPhone,
): string | undefined {
  const pool = devicePools.find((each) => each.name === phone.devicePool);
  return phone.mediaResourceList ?? pool?.mediaResourceList;
}

function withNames<T extends { readonly name: string }>(
  known: readonly T[],
  names: readonly string[],
): readonly (T | { readonly name: string })[] {
  const missing = new Set(names).difference(new Set(known.map(({ name }) => name)));
  return [...known, ...[...missing].map((name) => ({ name }))];
}
