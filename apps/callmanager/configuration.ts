/** The stored configuration in the rules' own terms. */
import {
  type Configuration,
  DEFAULT_PARAMETERS,
  type MediaSecurityPolicy,
  type SrtpSuite,
} from '@conclave/core';
import { mediaResourceListOf, parameterValue, type StoredConfiguration } from '@conclave/store';

const POLICIES: Readonly<Record<string, MediaSecurityPolicy>> = {
  'Best effort': 'best-effort',
  'Enforce for encrypted devices': 'enforce',
  'Disable SRTP': 'disable-srtp',
};

export function coreConfiguration(stored: StoredConfiguration): Configuration {
  const value = (name: string): string => parameterValue(stored, name);
  return {
    clusterId: stored.cluster.id,
    mixedMode: stored.cluster.securityMode === 'mixed',
    phones: new Map(
      stored.phones.map((phone) => {
        const { name, model, firmware, protocol, securityMode, lines } = phone;
        const mediaResourceList = mediaResourceListOf(stored, phone);
        return [
          name,
          {
            ...{ name, model, firmware, protocol, securityMode, lines },
            ...(mediaResourceList !== undefined && { mediaResourceList }),
          },
        ];
      }),
    ),
    bridges: new Map(
      stored.bridges.map(({ name, type, securityMode }) => [name, { name, type, securityMode }]),
    ),
    groups: new Map(stored.mediaResourceGroups.map(({ name, members }) => [name, members])),
    lists: new Map(stored.mediaResourceLists.map(({ name, groups }) => [name, groups])),
    meetMeNumbers: stored.meetMeNumbers.map(({ pattern, minimumSecurityLevel }) => ({
      pattern,
      minimum: minimumSecurityLevel,
    })),
    parameters: {
      ...DEFAULT_PARAMETERS,
      maximumAdHocConference: Number(value('Maximum Ad Hoc Conference')),
      maximumMeetMeConference: Number(value('Maximum MeetMe Conference Unicast')),
      advancedAdHocConference: value('Advanced Ad Hoc Conference Enabled') === 'True',
      mediaSecurityPolicy: POLICIES[value('Media Security Policy')] ?? 'best-effort',
      computeStatusForNonsecureMeetMe: value('Compute status for non-secure meet-me') === 'True',
      srtpSuite: value('SRTP crypto suite') as SrtpSuite,
    },
  };
}
