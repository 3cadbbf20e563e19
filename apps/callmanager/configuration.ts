/** The stored configuration in the rules' own terms. */
import type { Configuration, MediaSecurityPolicy, SrtpSuite } from '@conclave/core';
import { SERVICE_PARAMETERS, type StoredConfiguration } from '@conclave/store';

const POLICIES: Readonly<Record<string, MediaSecurityPolicy>> = {
  'Best effort': 'best-effort',
  'Enforce for encrypted devices': 'enforce',
  'Disable SRTP': 'disable-srtp',
};

export function coreConfiguration(stored: StoredConfiguration): Configuration {
  const value = (name: string): string => parameter(stored, name);
  return {
    clusterId: stored.cluster.id,
    mixedMode: stored.cluster.securityMode === 'mixed',
    phones: new Map(
      stored.phones.map((phone) => [
        phone.name,
        {
          name: phone.name,
          model: phone.model,
          firmware: phone.firmware,
          protocol: phone.protocol,
          securityMode: phone.securityMode,
          lines: phone.lines,
          ...(phone.mediaResourceList !== undefined && {
            mediaResourceList: phone.mediaResourceList,
          }),
        },
      ]),
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
      maximumAdHocConference: Number(value('Maximum Ad Hoc Conference')),
      maximumMeetMeConference: Number(value('Maximum MeetMe Conference Unicast')),
      advancedAdHocConference: value('Advanced Ad Hoc Conference Enabled') === 'True',
      mediaSecurityPolicy: POLICIES[value('Media Security Policy')] ?? 'best-effort',
      computeStatusForNonsecureMeetMe: value('Compute status for non-secure meet-me') === 'True',
      srtpSuite: value('SRTP crypto suite') as SrtpSuite,
    },
  };
}

/** The value in force: the stored one or the default. */
export function parameter(stored: StoredConfiguration, name: string): string {
  return (
    stored.serviceParameters[name] ??
    SERVICE_PARAMETERS.find((each) => each.name === name)?.default ??
    ''
  );
}
