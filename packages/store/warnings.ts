/** What a configuration may be, but an administrator should think about. Nothing here is refused. */
import type { StoredConfiguration, StoredPhone } from './configuration.ts';
import type { Fault } from './fault.ts';

/** Each with the field it is about and, as `rule`, the advice. */
export function warningsOf(configuration: StoredConfiguration): readonly Fault[] {
  return [
    ...sharedLines(configuration),
    ...protectedOnSharedLines(configuration),
    ...clusterMode(configuration),
    ...meetMeWithoutBridge(configuration),
    ...trustedTrunks(configuration),
  ];
}

/** TIP-05. */
function sharedLines({ phones }: StoredConfiguration): readonly Fault[] {
  const modes = new Map<string, Set<string>>();
  for (const { lines, securityMode } of phones) {
    for (const { directoryNumber, partition } of lines) {
      const line = partition === '' ? directoryNumber : `${directoryNumber} in ${partition}`;
      modes.set(line, (modes.get(line) ?? new Set()).add(securityMode));
    }
  }
  return [...modes]
    .filter(([, used]) => used.size > 1)
    .map(([line, used]) => ({
      field: `lines[${line}]`,
      rule: `is shared by phones of different security modes: ${[...used].join(', ')} (TIP-05)`,
    }));
}

/** A protected device is shown nothing of a shared line, and cannot enter a call there. */
function protectedOnSharedLines({ phones }: StoredConfiguration): readonly Fault[] {
  const keyOf = ({ directoryNumber, partition }: StoredPhone['lines'][number]): string =>
    `${directoryNumber}/${partition}`;
  const phonesOf = new Map<string, number>();
  for (const { lines } of phones) {
    for (const key of new Set(lines.map(keyOf))) phonesOf.set(key, (phonesOf.get(key) ?? 0) + 1);
  }
  return phones.flatMap(({ name, protectedDevice, lines }) => {
    const shares = lines.some((line) => (phonesOf.get(keyOf(line)) ?? 0) > 1);
    if (!protectedDevice || !shares) return [];
    const rule = 'has a shared line: it is shown nothing of it and cannot barge there';
    return [{ field: `phones[${name}].protectedDevice`, rule }];
  });
}

/** TIP-03, TIP-11. */
function clusterMode(configuration: StoredConfiguration): readonly Fault[] {
  const { cluster, phones, bridges, musicServers = [] } = configuration;
  const devices = [...phones, ...bridges, ...musicServers];
  const secure = devices.filter((each) => each.securityMode !== 'nonsecure');
  if (cluster.securityMode === 'mixed' || secure.length === 0) return [];
  const rule = `is nonsecure, so ${secure.length} devices are secure in name only (TIP-03, TIP-11)`;
  return [{ field: 'cluster.securityMode', rule }];
}

/** MML-05, as far as a configuration can tell. */
function meetMeWithoutBridge({ meetMeNumbers, bridges }: StoredConfiguration): readonly Fault[] {
  if (bridges.some((bridge) => bridge.securityMode === 'encrypted')) return [];
  return meetMeNumbers
    .filter((number) => number.minimumSecurityLevel !== 'nonsecure')
    .map(({ pattern }) => ({
      field: `meetMeNumbers[${pattern}].minimumSecurityLevel`,
      rule: 'needs a secure conference bridge, and none is configured (MML-05)',
    }));
}

/** TIP-06. */
function trustedTrunks({ sipTrunks = [] }: StoredConfiguration): readonly Fault[] {
  return sipTrunks
    .filter(({ trustSecurityStatus }) => trustSecurityStatus)
    .map(({ name }) => ({
      field: `sipTrunks[${name}].trustSecurityStatus`,
      rule: 'believes levels that SIP does not vouch for beyond the next system (D-19, TIP-06)',
    }));
}
