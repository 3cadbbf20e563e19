/**
 * A scenario's cluster as a stored configuration for real processes: short names become device names,
 * and what no process can be yet is named, so that the command can refuse it before anything is started.
 */
import type { Parameters, PhoneConfiguration } from '@conclave/core';
import type { Cluster } from '@conclave/scenario';
import type { StoredConfiguration, StoredPhone } from '@conclave/store';

/** Longest time that is waited in one step: nobody can shorten real time. */
export const WAIT_MAX_MS = 20_000;

/** Phones and music servers that can be told from each other by their tones. */
const VOICES_MAX = 34;

/** A scenario that real processes cannot play; the message says why. */
export class UnplayableError extends Error {
  override readonly name = 'UnplayableError';
  readonly code = 'UNPLAYABLE';
}

/** Short names of the scenario, and the names that devices register with. */
export class DeviceNames {
  readonly #wire = new Map<string, string>();
  readonly #short = new Map<string, string>();

  constructor({ configuration, musics }: Cluster) {
    let count = 0;
    for (const name of configuration.phones.keys()) {
      count += 1;
      this.#set(name, `SEPC0DE00${count.toString(16).toUpperCase().padStart(6, '0')}`);
    }
    for (const name of [...configuration.bridges.keys(), ...musics.map((each) => each.name)]) {
      count += 1;
      this.#set(name, RESOURCE_NAME.test(name) ? name : `CFB${count}`);
    }
  }

  wireOf(name: string): string {
    return this.#wire.get(name) ?? name;
  }

  /** Every device name in a text by its short name. */
  shortenIn(text: string): string {
    return text.replaceAll(WIRE_NAME, (name) => this.#short.get(name) ?? name);
  }

  #set(name: string, wire: string): void {
    this.#wire.set(name, wire);
    this.#short.set(wire, name);
  }
}

const WIRE_NAME = /SEPC0DE00[0-9A-F]{6}|CFB\d+/g;

/** Of a bridge or music server. */
const RESOURCE_NAME = /^[A-Za-z0-9_.-]{1,15}$/;

/** Why real processes cannot play on this cluster, a sentence each; empty when they can. */
export function faultsOfCluster(cluster: Cluster): readonly string[] {
  const { configuration, phones, bridges, musics } = cluster;
  const voices = phones.length + musics.length;
  return [
    ...[...configuration.phones.values()].flatMap(faultsOfPhone),
    ...bridges
      .filter(({ conferencesMax, partiesMax }) => conferencesMax * partiesMax === 0)
      .map(({ name }) => `${name}: a bridge has room for a conference.`),
    ...(voices > VOICES_MAX ? [`More than ${VOICES_MAX} phones cannot be told apart.`] : []),
  ];
}

function faultsOfPhone(phone: PhoneConfiguration): readonly string[] {
  const { name, kind = 'phone', protocol, video } = phone;
  if (kind !== 'phone') return [`${name}: a ${kind} is played in the simulation only.`];
  if (protocol === 'SIP') return [`${name}: SIP phones are played in the simulation only.`];
  return video ? [`${name}: video is played in the simulation only.`] : [];
}

/** The configuration that the call manager's processes are given. */
export function storedConfiguration(cluster: Cluster, names: DeviceNames): StoredConfiguration {
  const { configuration } = cluster;
  const wire = (name: string): string => names.wireOf(name);
  return {
    cluster: {
      id: configuration.clusterId,
      securityMode: configuration.mixedMode ? 'mixed' : 'nonsecure',
    },
    phones: [...configuration.phones.values()].map((phone) => storedPhone(phone, wire(phone.name))),
    bridges: [...configuration.bridges.values()].map(({ name, type, securityMode }) => ({
      name: wire(name),
      type,
      securityMode,
      description: name,
      devicePool: 'Default',
      commonDeviceConfiguration: '',
      location: 'Hub_None',
    })),
    musicServers: cluster.musics.map(({ name, secure }) => ({
      name: wire(name),
      securityMode: secure ? 'encrypted' : 'nonsecure',
      description: name,
      devicePool: 'Default',
      location: 'Hub_None',
    })),
    mediaResourceGroups: [...configuration.groups].map(([name, members]) => ({
      name,
      members: members.map(wire),
    })),
    mediaResourceLists: [...configuration.lists].map(([name, groups]) => ({ name, groups })),
    meetMeNumbers: configuration.meetMeNumbers.map(({ pattern, minimum }) => ({
      pattern,
      partition: '',
      description: '',
      minimumSecurityLevel: minimum,
    })),
    parkNumbers: (configuration.parkNumbers ?? []).map((pattern) => ({
      pattern,
      partition: '',
      description: '',
    })),
    serviceParameters: storedParameters(configuration.parameters),
  };
}

function storedPhone(phone: PhoneConfiguration, name: string): StoredPhone {
  const { model, firmware, securityMode, lines, mediaResourceList, protocol } = phone;
  const { builtInBridge, privacy, protectedDevice, mediaPath = 'direct' } = phone;
  return {
    ...{ name, model, firmware, protocol, securityMode, lines },
    description: '',
    devicePool: 'Default',
    location: 'Hub_None',
    userLocale: phone.userLocale ?? 'English_United_States',
    builtInBridge: builtInBridge ? 'on' : 'off',
    privacy: privacy ? 'on' : 'off',
    ...(protectedDevice && { protectedDevice }),
    ...(mediaPath !== 'direct' && { mediaPath }),
    ...(mediaResourceList !== undefined && { mediaResourceList }),
  };
}

const POLICIES = {
  'best-effort': 'Best effort',
  enforce: 'Enforce for encrypted devices',
  'disable-srtp': 'Disable SRTP',
} as const;

const DROPS = {
  never: 'Never',
  'when-no-on-net-parties-remain': 'When No OnNet Parties Remain in the Conference',
  'when-conference-controller-leaves': 'When Conference Controller Leaves',
} as const;

const ICON_POLICIES = {
  'all-media-except-bfcp-and-ix': 'All media except BFCP and iX',
  'all-media-except-ix': 'All media except iX',
  'all-media-except-bfcp': 'All media except BFCP',
  'all-media': 'All media',
  'only-audio': 'Only Audio',
} as const;

/** Service parameters by their names, as an administrator sets them. */
export function storedParameters(set: Parameters): Readonly<Record<string, string>> {
  const flag = (value: boolean): string => (value ? 'True' : 'False');
  return {
    'Maximum Ad Hoc Conference': String(set.maximumAdHocConference),
    'Maximum MeetMe Conference Unicast': String(set.maximumMeetMeConference),
    'Advanced Ad Hoc Conference Enabled': flag(set.advancedAdHocConference),
    'Non-linear Ad Hoc Conference Linking Enabled': flag(set.nonLinearLinking),
    'Drop Ad Hoc Conference': DROPS[set.dropAdHocConference],
    'Suppress MOH to Conference Bridge': flag(set.suppressMusicToConference),
    'Party Entrance Tone': flag(set.partyEntranceTone),
    'Override BFCP Application Encryption Status When Designating Call Security Status': flag(
      set.overrideBfcp,
    ),
    'Secure Call Icon Display Policy': ICON_POLICIES[set.secureCallIconPolicy],
    'Maximum Call Duration Timer': String(set.maximumCallDurationMinutes),
    'Play Tone to Indicate Secure/Non-Secure Call Status': flag(set.secureTone),
    'Packet Capture Enable': flag(set.packetCaptureEnable),
    'Media Security Policy': POLICIES[set.mediaSecurityPolicy],
    'Compute status for non-secure meet-me': flag(set.computeStatusForNonsecureMeetMe),
    'SRTP crypto suite': set.srtpSuite,
  };
}
