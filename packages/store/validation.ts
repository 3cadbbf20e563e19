/** Every rule that a configuration must keep, with the field and the rule in each fault. */

import type {
  StoredBridge,
  StoredConfiguration,
  StoredMeetMeNumber,
  StoredPhone,
} from './configuration.ts';
import { parameterFault } from './service-parameters.ts';

export interface Fault {
  /** Where, such as `phones[SEP000000001001].securityMode`. */
  readonly field: string;
  readonly rule: string;
}

/** A configuration that breaks rules; nothing was changed. */
export class ValidationError extends Error {
  override readonly name = 'ValidationError';
  readonly code = 'CONFIGURATION';
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(({ field, rule }) => `${field}: ${rule}`).join('\n'));
    this.faults = faults;
  }
}

export const BRIDGE_TYPES = [
  'Cisco Conference Bridge Software',
  'Cisco Conference Bridge Hardware',
  'Cisco IOS Conference Bridge',
  'Cisco IOS Enhanced Conference Bridge',
] as const;

const SECURE_BRIDGE_TYPE = 'Cisco IOS Enhanced Conference Bridge';
const LEVELS = ['nonsecure', 'authenticated', 'encrypted'];
const PHONE_NAME = /^SEP[0-9A-F]{12}$/;
const BRIDGE_NAME = /^[A-Za-z0-9_.-]{1,15}$/;
const NUMBER = /^[0-9*#+]{1,32}$/;
const MEET_ME_PATTERN = /^([0-9*#X]|\[\d(?:-\d|\d)*\])+$/;
const TEXT_MAX = 50;

/** The faults of a whole configuration; empty when it can be stored. */
export function faultsOf(configuration: StoredConfiguration): readonly Fault[] {
  const faults: Fault[] = [];
  const { cluster, phones, bridges, meetMeNumbers, serviceParameters } = configuration;
  if (!/^[A-Za-z0-9_.-]{1,50}$/.test(cluster.id)) {
    faults.push({ field: 'cluster.id', rule: 'must be 1 to 50 letters, digits, dots or dashes' });
  }
  if (!['nonsecure', 'mixed'].includes(cluster.securityMode)) {
    faults.push({ field: 'cluster.securityMode', rule: 'must be nonsecure or mixed' });
  }
  for (const phone of phones) phoneFaults(phone, configuration, faults);
  for (const bridge of bridges) bridgeFaults(bridge, faults);
  uniqueNames([...phones, ...bridges], faults);
  for (const number of meetMeNumbers) meetMeFaults(number, faults);
  repeated(meetMeNumbers.map((each) => `${each.pattern}/${each.partition}`)).forEach((key) => {
    faults.push({ field: `meetMeNumbers[${key}]`, rule: 'pattern and partition must be unique' });
  });
  resourceFaults(configuration, faults);
  for (const [name, value] of Object.entries(serviceParameters)) {
    const rule = parameterFault(name, value);
    if (rule) faults.push({ field: `serviceParameters[${name}]`, rule });
  }
  return faults;
}

function phoneFaults(
  phone: StoredPhone,
  { mediaResourceLists }: StoredConfiguration,
  faults: Fault[],
): void {
  const at = (field: string): string => `phones[${phone.name}].${field}`;
  if (!PHONE_NAME.test(phone.name)) {
    faults.push({ field: at('name'), rule: 'must be SEP and twelve hexadecimal digits (0-9 A-F)' });
  }
  if (!LEVELS.includes(phone.securityMode)) {
    faults.push({ field: at('securityMode'), rule: `must be one of: ${LEVELS.join(', ')}` });
  }
  if (!['SCCP', 'SIP'].includes(phone.protocol)) {
    faults.push({ field: at('protocol'), rule: 'must be SCCP or SIP' });
  }
  if (phone.model === '') faults.push({ field: at('model'), rule: 'must not be empty' });
  const list = phone.mediaResourceList;
  if (list !== undefined && !mediaResourceLists.some((each) => each.name === list)) {
    faults.push({ field: at('mediaResourceList'), rule: `there is no list ${list}` });
  }
  if (phone.lines.length === 0) faults.push({ field: at('lines'), rule: 'must have a line' });
  for (const line of phone.lines) {
    if (!NUMBER.test(line.directoryNumber)) {
      faults.push({
        field: at(`lines[${line.index}].directoryNumber`),
        rule: 'must be 1 to 32 of 0-9 * # +',
      });
    }
    if (!Number.isInteger(line.index) || line.index < 1 || line.index > 42) {
      faults.push({ field: at('lines.index'), rule: 'must be a whole number from 1 to 42' });
    }
  }
  if (repeated(phone.lines.map((line) => String(line.index))).length > 0) {
    faults.push({ field: at('lines'), rule: 'each button has one line' });
  }
}

function bridgeFaults(bridge: StoredBridge, faults: Fault[]): void {
  const at = (field: string): string => `bridges[${bridge.name}].${field}`;
  if (!BRIDGE_NAME.test(bridge.name)) {
    faults.push({
      field: at('name'),
      rule: 'must be 1 to 15 letters, digits, dots or dashes (TIP-18)',
    });
  }
  if (!(BRIDGE_TYPES as readonly string[]).includes(bridge.type)) {
    faults.push({ field: at('type'), rule: `must be one of: ${BRIDGE_TYPES.join(', ')}` });
  }
  if (!['nonsecure', 'encrypted'].includes(bridge.securityMode)) {
    faults.push({ field: at('securityMode'), rule: 'must be nonsecure or encrypted' });
  }
  if (bridge.securityMode === 'encrypted' && bridge.type !== SECURE_BRIDGE_TYPE) {
    faults.push({
      field: at('securityMode'),
      rule: `only a ${SECURE_BRIDGE_TYPE} can be encrypted (BRG-01, BRG-02)`,
    });
  }
}

/** TIP-18: one name, one device, whatever its class and whatever the case. */
function uniqueNames(devices: readonly { readonly name: string }[], faults: Fault[]): void {
  for (const name of repeated(devices.map((device) => device.name.toUpperCase()))) {
    faults.push({ field: `devices[${name}].name`, rule: 'is used by another device (TIP-18)' });
  }
}

function meetMeFaults(number: StoredMeetMeNumber, faults: Fault[]): void {
  const at = (field: string): string => `meetMeNumbers[${number.pattern}].${field}`;
  if (!MEET_ME_PATTERN.test(number.pattern) || number.pattern.length > 32) {
    faults.push({
      field: at('pattern'),
      rule: 'must be digits, X or ranges such as 10[0-5]0 (MML-03)',
    });
  }
  if (number.description.length > TEXT_MAX || /["%&<>]/.test(number.description)) {
    faults.push({
      field: at('description'),
      rule: `must be at most ${TEXT_MAX} characters without " % & < > (MML-03)`,
    });
  }
  if (!LEVELS.includes(number.minimumSecurityLevel)) {
    faults.push({
      field: at('minimumSecurityLevel'),
      rule: `must be one of: ${LEVELS.join(', ')}`,
    });
  }
}

function resourceFaults(configuration: StoredConfiguration, faults: Fault[]): void {
  const { bridges, mediaResourceGroups, mediaResourceLists } = configuration;
  const bridgeNames = new Set(bridges.map((bridge) => bridge.name));
  const groupNames = new Set(mediaResourceGroups.map((group) => group.name));
  for (const group of mediaResourceGroups) {
    for (const member of group.members.filter((each) => !bridgeNames.has(each))) {
      faults.push({
        field: `mediaResourceGroups[${group.name}]`,
        rule: `there is no device ${member}`,
      });
    }
  }
  for (const list of mediaResourceLists) {
    for (const group of list.groups.filter((each) => !groupNames.has(each))) {
      faults.push({
        field: `mediaResourceLists[${list.name}]`,
        rule: `there is no group ${group}`,
      });
    }
  }
  for (const [field, names] of [
    ['mediaResourceGroups', mediaResourceGroups.map((each) => each.name)],
    ['mediaResourceLists', mediaResourceLists.map((each) => each.name)],
  ] as const) {
    for (const name of repeated(names)) {
      faults.push({ field: `${field}[${name}]`, rule: 'names must be unique' });
    }
  }
}

function repeated(keys: readonly string[]): readonly string[] {
  return [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))];
}
