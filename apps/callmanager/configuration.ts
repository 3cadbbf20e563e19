/** The stored configuration in the rules' own terms. */
import type {
  Configuration,
  DropAdHocConference,
  MediaSecurityPolicy,
  Parameters,
  PhoneConfiguration,
  SecureCallIconPolicy,
} from '@conclave/core';
import {
  mediaResourceListOf,
  type ServiceParameters,
  type StoredConfiguration,
  type StoredSipTrunk,
  serviceParametersOf,
} from '@conclave/store';
import type { WaitsFor } from './active-configuration.ts';

const POLICIES: Readonly<Record<ServiceParameters['mediaSecurityPolicy'], MediaSecurityPolicy>> = {
  'Best effort': 'best-effort',
  'Enforce for encrypted devices': 'enforce',
  'Disable SRTP': 'disable-srtp',
};

const DROPS: Readonly<Record<ServiceParameters['dropAdHocConference'], DropAdHocConference>> = {
  Never: 'never',
  'When No OnNet Parties Remain in the Conference': 'when-no-on-net-parties-remain',
  'When Conference Controller Leaves': 'when-conference-controller-leaves',
};

const ICON_POLICIES: Readonly<
  Record<ServiceParameters['secureCallIconDisplayPolicy'], SecureCallIconPolicy>
> = {
  'All media except BFCP and iX': 'all-media-except-bfcp-and-ix',
  'All media except iX': 'all-media-except-ix',
  'All media except BFCP': 'all-media-except-bfcp',
  'All media': 'all-media',
  'Only Audio': 'only-audio',
};

/** `waiting`: bridges that get no new conference before something else that is saved is in force (D-25). */
export function coreConfiguration(
  stored: StoredConfiguration,
  waiting: ReadonlyMap<string, WaitsFor> = new Map(),
): Configuration {
  const parameters = serviceParametersOf(stored);
  const builtInBridge = parameters.builtInBridgeEnable === 'On' ? 'on' : 'off';
  const privacy = parameters.privacySetting ? 'on' : 'off';
  return {
    clusterId: stored.cluster.id,
    mixedMode: stored.cluster.securityMode === 'mixed',
    phones: new Map<string, PhoneConfiguration>([
      ...stored.phones.map((phone): [string, PhoneConfiguration] => {
        const { name, model, firmware, protocol, securityMode, lines, userLocale } = phone;
        const { protectedDevice, mediaPath } = phone;
        const mediaResourceList = mediaResourceListOf(stored, phone);
        return [
          name,
          {
            ...{ name, model, firmware, protocol, securityMode, lines, userLocale },
            builtInBridge: (phone.builtInBridge ?? builtInBridge) === 'on',
            privacy: (phone.privacy ?? privacy) === 'on',
            ...(protectedDevice && { protectedDevice }),
            ...(mediaPath && { mediaPath }),
            ...(mediaResourceList !== undefined && { mediaResourceList }),
          },
        ];
      }),
      ...(stored.sipTrunks ?? []).map((trunk): [string, PhoneConfiguration] => [
        trunk.name,
        coreTrunk(trunk),
      ]),
    ]),
    bridges: new Map(
      stored.bridges.map(({ name, type, securityMode }) => [
        name,
        { name, type, securityMode, ...(waiting.get(name) === 'calls' && { draining: true }) },
      ]),
    ),
    musicServers: new Map(
      (stored.musicServers ?? []).map(({ name, securityMode }) => [name, { name, securityMode }]),
    ),
    groups: new Map(stored.mediaResourceGroups.map(({ name, members }) => [name, members])),
    lists: new Map(stored.mediaResourceLists.map(({ name, groups }) => [name, groups])),
    meetMeNumbers: stored.meetMeNumbers.map(({ pattern, minimumSecurityLevel }) => ({
      pattern,
      minimum: minimumSecurityLevel,
    })),
    parkNumbers: (stored.parkNumbers ?? []).map(({ pattern }) => pattern),
    routes: (stored.routes ?? []).map(({ pattern, trunk }) => ({ pattern, trunk })),
    ...(parameters.conferenceFactoryNumber !== '' && {
      conferenceFactory: parameters.conferenceFactoryNumber,
    }),
    parameters: coreParameters(parameters),
  };
}

/** To the rules a trunk is a device without lines of its own: each call over it is a party. */
function coreTrunk(trunk: StoredSipTrunk): PhoneConfiguration {
  const { name, transport, srtpAllowed, trustSecurityStatus, onNet } = trunk;
  const protectedMode = srtpAllowed ? 'encrypted' : 'authenticated';
  return {
    ...{ name, srtpAllowed, trustSecurityStatus, onNet },
    kind: 'sip-trunk',
    model: 'SIP Trunk',
    firmware: '',
    protocol: 'SIP',
    securityMode: transport === 'TLS' ? protectedMode : 'nonsecure',
    lines: [],
  };
}

function coreParameters(set: ServiceParameters): Parameters {
  return {
    maximumAdHocConference: set.maximumAdHocConference,
    maximumMeetMeConference: set.maximumMeetMeConferenceUnicast,
    advancedAdHocConference: set.advancedAdHocConferenceEnabled,
    nonLinearLinking: set.nonLinearAdHocConferenceLinkingEnabled,
    dropAdHocConference: DROPS[set.dropAdHocConference],
    suppressMusicToConference: set.suppressMohToConferenceBridge,
    partyEntranceTone: set.partyEntranceTone,
    maximumCallDurationMinutes: set.maximumCallDurationMinutes,
    overrideBfcp: set.overrideBfcpEncryptionStatus,
    secureCallIconPolicy: ICON_POLICIES[set.secureCallIconDisplayPolicy],
    secureTone: set.secureTone,
    packetCaptureEnable: set.packetCaptureEnable,
    mediaSecurityPolicy: POLICIES[set.mediaSecurityPolicy],
    computeStatusForNonsecureMeetMe: set.computeStatusForNonsecureMeetMe,
    srtpSuite: set.srtpCryptoSuite,
  };
}
