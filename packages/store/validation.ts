/**
 * Every rule that a configuration must keep, with the field and the rule in each fault. Pure.
 *
 * Sources are the ids in the rules; where a rule has none, it is a limit of CUCM's forms [doc].
 */
import type {
  StoredBridge,
  StoredConfiguration,
  StoredMeetMeNumber,
  StoredMusicServer,
  StoredParkNumber,
  StoredPhone,
  StoredRoute,
  StoredSipTrunk,
} from './configuration.ts';
import { parseConfiguration } from './configuration-shape.ts';
import type { Fault } from './fault.ts';
import {
  isPattern,
  overlap,
  partitionFault,
  RESOURCE_NAME,
  type Report,
  repeated,
  textFault,
} from './field-rules.ts';
import { parameterFault } from './service-parameters.ts';
import { sipClusterFaults, sipPhoneFaults, sipTrunkFaults } from './sip-validation.ts';

export const BRIDGE_TYPES = [
  'Cisco Conference Bridge Software',
  'Cisco Conference Bridge Hardware',
  'Cisco IOS Conference Bridge',
  'Cisco IOS Enhanced Conference Bridge',
] as const;

const SECURE_BRIDGE_TYPE = 'Cisco IOS Enhanced Conference Bridge';

const LEVELS = ['nonsecure', 'authenticated', 'encrypted'];

/** The name of a folder too: that of its certificate. */
const CLIENT_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/;
const PHONE_NAME = /^SEP[0-9A-F]{12}$/;
const CLUSTER_ID = /^[A-Za-z0-9_.-]{1,50}$/;
/** Groups, lists, pools, locations. */
const OBJECT_NAME = /^[A-Za-z0-9_.-][A-Za-z0-9 _.-]{0,49}$/;
const OBJECT_NAME_RULE = 'must be 1 to 50 letters, digits, spaces, dots, dashes';
const DIRECTORY_NUMBER = /^[0-9*#+]{1,32}$/;

/** Buttons of a phone with two expansion modules and the most keys each. */
const LINES_MAX = 42;
const NAME_TEXT_MAX = 30;
const DESCRIPTION_MAX = 128;
const MODEL_MAX = 32;
const MEET_ME_DESCRIPTION_MAX = 50;

/** The faults of a whole configuration, whatever its shape; empty when it can be stored. */
export function faultsOf(configuration: StoredConfiguration): readonly Fault[] {
  const parsed = parseConfiguration(configuration);
  return parsed.ok ? ruleFaults(parsed.configuration) : parsed.faults;
}

/** The faults of a configuration whose shape is right. */
export function ruleFaults(configuration: StoredConfiguration): readonly Fault[] {
  const faults: Fault[] = [];
  const reportOf =
    (object: string): Report =>
    (field, rule) =>
      faults.push({ field: `${object}${field}`, rule });
  clusterFaults(configuration, reportOf('cluster'));
  for (const phone of configuration.phones) {
    const report = reportOf(`phones[${phone.name}]`);
    phoneFaults(phone, report);
    referenceFaults(phone, configuration, report);
  }
  for (const bridge of configuration.bridges) {
    const report = reportOf(`bridges[${bridge.name}]`);
    bridgeFaults(bridge, report);
    referenceFaults(bridge, configuration, report);
  }
  for (const server of configuration.musicServers ?? []) {
    const report = reportOf(`musicServers[${server.name}]`);
    resourceDeviceFaults(server, report);
    referenceFaults(server, configuration, report);
  }
  for (const trunk of configuration.sipTrunks ?? []) {
    const report = reportOf(`sipTrunks[${trunk.name}]`);
    sipTrunkFaults(trunk, report);
    referenceFaults(trunk, configuration, report);
  }
  deviceNameFaults(configuration, reportOf);
  resourceFaults(configuration, reportOf);
  poolFaults(configuration, reportOf);
  for (const number of configuration.meetMeNumbers) {
    meetMeFaults(number, reportOf(`meetMeNumbers[${number.pattern}]`));
  }
  for (const number of configuration.parkNumbers ?? []) {
    numberFault(number, reportOf(`parkNumbers[${number.pattern}]`));
  }
  directoryNumberFaults(configuration, reportOf);
  otherFieldFaults(configuration, reportOf);
  for (const route of configuration.routes ?? []) {
    numberFault(route, reportOf(`routes[${route.pattern}]`));
  }
  sipClusterFaults(configuration, reportOf);
  numberFaults(configuration, reportOf);
  parkRangeFaults(configuration, reportOf);
  for (const [name, value] of Object.entries(configuration.serviceParameters)) {
    const rule = parameterFault(name, value);
    if (rule) faults.push({ field: `serviceParameters[${name}]`, rule });
  }
  return faults;
}

function clusterFaults({ cluster }: StoredConfiguration, report: Report): void {
  if (!CLUSTER_ID.test(cluster.id)) {
    report('.id', 'must be 1 to 50 letters, digits, dots or dashes');
  }
  if (!['nonsecure', 'mixed'].includes(cluster.securityMode)) {
    report('.securityMode', 'must be nonsecure or mixed');
  }
}

function phoneFaults(phone: StoredPhone, report: Report): void {
  if (phone.standardClient) {
    if (!CLIENT_NAME.test(phone.name)) {
      report('.name', 'must be 1 to 15 letters, digits, dots or dashes');
    }
  } else if (!PHONE_NAME.test(phone.name)) {
    report('.name', 'must be SEP and twelve hexadecimal digits (0-9 A-F)');
  }
  if (!LEVELS.includes(phone.securityMode)) {
    report('.securityMode', `must be one of: ${LEVELS.join(', ')}`);
  }
  if (!['SCCP', 'SIP'].includes(phone.protocol)) report('.protocol', 'must be SCCP or SIP');
  textFault(phone.model, { min: 1, max: MODEL_MAX }, (rule) => report('.model', rule));
  textFault(phone.firmware, { max: MODEL_MAX }, (rule) => report('.firmware', rule));
  textFault(phone.userLocale, { min: 1, max: DESCRIPTION_MAX }, (rule) =>
    report('.userLocale', rule),
  );
  textFault(phone.description, { max: DESCRIPTION_MAX }, (rule) => report('.description', rule));
  featureFaults(phone, report);
  sipPhoneFaults(phone, report);
  lineFaults(phone, report);
}

function featureFaults(phone: StoredPhone, report: Report): void {
  const choice = (field: string, value: string | undefined, allowed: readonly string[]): void => {
    if (value === undefined || allowed.includes(value)) return;
    report(`.${field}`, `must be one of: ${allowed.join(', ')}; absent means the default`);
  };
  choice('builtInBridge', phone.builtInBridge, ['on', 'off']);
  choice('privacy', phone.privacy, ['on', 'off']);
  choice('mediaPath', phone.mediaPath, ['rsvp-agent', 'mtp']);
}

function lineFaults({ lines }: StoredPhone, report: Report): void {
  if (lines.length === 0) report('.lines', 'must have a line');
  for (const line of lines) {
    const at = `.lines[${line.index}]`;
    if (line.index < 1 || line.index > LINES_MAX) {
      report('.lines.index', `must be a whole number from 1 to ${LINES_MAX}`);
    }
    if (!DIRECTORY_NUMBER.test(line.directoryNumber)) {
      report(`${at}.directoryNumber`, 'must be 1 to 32 of 0-9 * # +');
    }
    partitionFault(line.partition, (rule) => report(`${at}.partition`, rule));
    textFault(line.displayName, { max: NAME_TEXT_MAX }, (rule) =>
      report(`${at}.displayName`, rule),
    );
    textFault(line.label, { max: NAME_TEXT_MAX }, (rule) => report(`${at}.label`, rule));
  }
  if (repeated(lines.map((line) => String(line.index))).length > 0) {
    report('.lines', 'each button has one line');
  }
  for (const number of repeated(lines.map((line) => `${line.directoryNumber}/${line.partition}`))) {
    report('.lines', `${number.split('/')[0]} is on two buttons of one phone`);
  }
}

function bridgeFaults(bridge: StoredBridge, report: Report): void {
  resourceDeviceFaults(bridge, report);
  if (!(BRIDGE_TYPES as readonly string[]).includes(bridge.type)) {
    report('.type', `must be one of: ${BRIDGE_TYPES.join(', ')}`);
  }
  if (bridge.securityMode === 'encrypted' && bridge.type !== SECURE_BRIDGE_TYPE) {
    report('.securityMode', `only a ${SECURE_BRIDGE_TYPE} can be encrypted (BRG-01, BRG-02)`);
  }
}

/** What bridges and music servers have in common. */
function resourceDeviceFaults(device: StoredBridge | StoredMusicServer, report: Report): void {
  if (!RESOURCE_NAME.test(device.name)) {
    report('.name', 'must be 1 to 15 letters, digits, dots or dashes (TIP-18)');
  }
  if (!['nonsecure', 'encrypted'].includes(device.securityMode)) {
    report('.securityMode', 'must be nonsecure or encrypted');
  }
  if (device.securityMode === 'encrypted' && device.name.includes('.')) {
    report('.name', 'must have no dot when encrypted: no certificate name could match it (D-24)');
  }
  textFault(device.description, { max: DESCRIPTION_MAX }, (rule) => report('.description', rule));
}

/** What a device refers to must exist; of what may be left away, only when it is listed. */
function referenceFaults(
  device: StoredPhone | StoredBridge | StoredMusicServer | StoredSipTrunk,
  configuration: StoredConfiguration,
  report: Report,
): void {
  const { devicePools, locations, commonDeviceConfigurations, mediaResourceLists } = configuration;
  const { devicePool, location } = device;
  if (!OBJECT_NAME.test(devicePool)) report('.devicePool', 'must name a device pool');
  else if (devicePools?.every((each) => each.name !== devicePool)) {
    report('.devicePool', `there is no device pool ${devicePool}`);
  }
  if (!OBJECT_NAME.test(location)) report('.location', 'must name a location');
  else if (locations?.every((each) => each.name !== location)) {
    report('.location', `there is no location ${location}`);
  }
  const { commonDeviceConfiguration: common = '' } = { commonDeviceConfiguration: '', ...device };
  textFault(common, { max: DESCRIPTION_MAX }, (rule) => report('.commonDeviceConfiguration', rule));
  if (common !== '' && commonDeviceConfigurations?.every((each) => each.name !== common)) {
    report('.commonDeviceConfiguration', `there is no common device configuration ${common}`);
  }
  const list = 'mediaResourceList' in device ? device.mediaResourceList : undefined;
  if (list !== undefined && mediaResourceLists.every((each) => each.name !== list)) {
    report('.mediaResourceList', `there is no list ${list}`);
  }
}

/** TIP-18: one name, one device, whatever its class and whatever the case. */
function deviceNameFaults(
  { phones, bridges, musicServers = [], sipTrunks = [] }: StoredConfiguration,
  reportOf: (object: string) => Report,
): void {
  const known = new Map<string, string>();
  const devices = [
    ...phones.map(({ name }) => ({ name, field: `phones[${name}]`, kind: 'phone' })),
    ...bridges.map(({ name }) => ({ name, field: `bridges[${name}]`, kind: 'conference bridge' })),
    ...musicServers.map(({ name }) => ({
      name,
      field: `musicServers[${name}]`,
      kind: 'music-on-hold server',
    })),
    ...sipTrunks.map(({ name }) => ({ name, field: `sipTrunks[${name}]`, kind: 'SIP trunk' })),
  ];
  for (const { name, field, kind } of devices) {
    const key = name.toUpperCase();
    const other = known.get(key);
    if (other === undefined) known.set(key, `${kind} ${name}`);
    else reportOf(field)('.name', `is already the name of the ${other} (TIP-18)`);
  }
}

function resourceFaults(
  { bridges, musicServers = [], mediaResourceGroups, mediaResourceLists }: StoredConfiguration,
  reportOf: (object: string) => Report,
): void {
  const resources = new Set([...bridges, ...musicServers].map(({ name }) => name));
  const groupNames = new Set(mediaResourceGroups.map((group) => group.name));
  for (const { name, members } of mediaResourceGroups) {
    const report = reportOf(`mediaResourceGroups[${name}]`);
    for (const member of members.filter((each) => !resources.has(each))) {
      report('', `there is no conference bridge or music-on-hold server ${member}`);
    }
    for (const member of repeated(members)) report('', `${member} is a member twice`);
  }
  for (const { name, groups } of mediaResourceLists) {
    const report = reportOf(`mediaResourceLists[${name}]`);
    for (const group of groups.filter((each) => !groupNames.has(each))) {
      report('', `there is no group ${group}`);
    }
    for (const group of repeated(groups)) report('', `${group} is in it twice`);
  }
  nameFaults('mediaResourceGroups', mediaResourceGroups, reportOf);
  nameFaults('mediaResourceLists', mediaResourceLists, reportOf);
}

function poolFaults(
  configuration: StoredConfiguration,
  reportOf: (object: string) => Report,
): void {
  const { devicePools = [], locations = [], mediaResourceLists } = configuration;
  for (const { name, mediaResourceList: list, ...pool } of devicePools) {
    const report = reportOf(`devicePools[${name}]`);
    if (list !== undefined && mediaResourceLists.every((each) => each.name !== list)) {
      report('.mediaResourceList', `there is no list ${list}`);
    }
    for (const [field, value] of Object.entries(pool)) {
      if (!OBJECT_NAME.test(value)) report(`.${field}`, OBJECT_NAME_RULE);
    }
  }
  for (const { name, userLocale } of configuration.commonDeviceConfigurations ?? []) {
    const report = reportOf(`commonDeviceConfigurations[${name}]`);
    textFault(name, { min: 1, max: DESCRIPTION_MAX }, (rule) => report('.name', rule));
    textFault(userLocale ?? '', { max: DESCRIPTION_MAX }, (rule) => report('.userLocale', rule));
  }
  const common = configuration.commonDeviceConfigurations?.map(({ name }) => name) ?? [];
  for (const name of repeated(common)) {
    reportOf(`commonDeviceConfigurations[${name}]`)('', 'names must be unique');
  }
  nameFaults('devicePools', devicePools, reportOf);
  nameFaults('locations', locations, reportOf);
}

function nameFaults(
  kind: string,
  objects: readonly { readonly name: string }[],
  reportOf: (object: string) => Report,
): void {
  const names = objects.map(({ name }) => name);
  for (const name of names.filter((each) => !OBJECT_NAME.test(each))) {
    reportOf(`${kind}[${name}]`)('.name', OBJECT_NAME_RULE);
  }
  for (const name of repeated(names)) reportOf(`${kind}[${name}]`)('', 'names must be unique');
}

function meetMeFaults(number: StoredMeetMeNumber, report: Report): void {
  numberFault(number, report);
  if (!LEVELS.includes(number.minimumSecurityLevel)) {
    report('.minimumSecurityLevel', `must be one of: ${LEVELS.join(', ')}`);
  }
}

/** What meet-me numbers, park numbers and routes have in common. */
function numberFault(
  number: StoredMeetMeNumber | StoredParkNumber | StoredRoute,
  report: Report,
): void {
  if (!isPattern(number.pattern)) {
    report('.pattern', 'must be digits, X or ranges such as 10[0-5]0 (MML-03)');
  }
  partitionFault(number.partition, (rule) => report('.partition', rule));
  if (number.description.length > MEET_ME_DESCRIPTION_MAX || /["%&<>]/.test(number.description)) {
    report(
      '.description',
      `must be at most ${MEET_ME_DESCRIPTION_MAX} characters without " % & < > (MML-03)`,
    );
  }
}

function directoryNumberFaults(
  { directoryNumbers = [] }: StoredConfiguration,
  reportOf: (object: string) => Report,
): void {
  for (const number of directoryNumbers) {
    const report = reportOf(`directoryNumbers[${number.pattern}]`);
    if (!DIRECTORY_NUMBER.test(number.pattern)) report('.pattern', 'must be 1 to 32 of 0-9 * # +');
    partitionFault(number.partition, (rule) => report('.partition', rule));
    textFault(number.description, { max: DESCRIPTION_MAX }, (rule) => report('.description', rule));
    textFault(number.alertingName, { max: NAME_TEXT_MAX }, (rule) => report('.alertingName', rule));
  }
  const keys = directoryNumbers.map(({ pattern, partition }) => `${pattern}/${partition}`);
  for (const key of repeated(keys)) {
    const object = `directoryNumbers[${key.replace(/\/$/, '')}]`;
    reportOf(object)('', 'pattern and partition must be unique');
  }
}

function otherFieldFaults(
  { otherFields = [] }: StoredConfiguration,
  reportOf: (object: string) => Report,
): void {
  const keys = otherFields.map(({ kind, key, field }) => `${kind}[${key}].${field}`);
  for (const key of repeated(keys)) reportOf(`otherFields[${key}]`)('', 'is there twice');
}

/** MML-03: a pattern is in a partition once, and is no directory number there. */
function numberFaults(
  { phones, meetMeNumbers, parkNumbers = [], directoryNumbers = [] }: StoredConfiguration,
  reportOf: (object: string) => Report,
): void {
  const kinds = new Map<string, 'meetMeNumbers' | 'parkNumbers'>();
  const keyOf = ({ pattern, partition }: Pick<StoredParkNumber, 'pattern' | 'partition'>): string =>
    `${pattern}/${partition}`;
  for (const number of parkNumbers) kinds.set(keyOf(number), 'parkNumbers');
  for (const number of meetMeNumbers) kinds.set(keyOf(number), 'meetMeNumbers');
  const keys = [...meetMeNumbers, ...parkNumbers].map(keyOf);
  for (const key of repeated(keys)) {
    reportOf(`${kinds.get(key)}[${key.replace(/\/$/, '')}]`)(
      '',
      'pattern and partition must be unique (MML-03)',
    );
  }
  const lines = new Map([
    ...directoryNumbers.map((each): [string, string] => [keyOf(each), 'no phone yet']),
    ...phones.flatMap(({ name, lines: own }) =>
      own.map((line): [string, string] => [`${line.directoryNumber}/${line.partition}`, name]),
    ),
  ]);
  for (const key of kinds.keys()) {
    const phone = lines.get(key);
    if (phone === undefined) continue;
    const number = key.slice(0, key.indexOf('/'));
    reportOf(`${kinds.get(key)}[${number}]`)('.pattern', `is a line of ${phone} (MML-03)`);
  }
}

/** A call parked at a number that leads elsewhere could not be retrieved. */
function parkRangeFaults(
  { phones, meetMeNumbers, parkNumbers = [] }: StoredConfiguration,
  reportOf: (object: string) => Report,
): void {
  const numbers = [
    ...phones.flatMap(({ name, lines }) =>
      lines.map(({ directoryNumber, partition }) => ({
        pattern: directoryNumber,
        partition,
        what: `the line ${directoryNumber} of ${name}`,
      })),
    ),
    ...meetMeNumbers.map((each) => ({ ...each, what: `the meet-me number ${each.pattern}` })),
    ...parkNumbers.map((each) => ({ ...each, what: `the park number ${each.pattern}` })),
  ];
  for (const { pattern, partition } of parkNumbers) {
    const other = numbers.find(
      (each) =>
        each.pattern !== pattern &&
        each.partition === partition &&
        isPattern(each.pattern) &&
        overlap(pattern, each.pattern),
    );
    if (!other) continue;
    reportOf(`parkNumbers[${pattern}]`)('.pattern', `has numbers in common with ${other.what}`);
  }
}
