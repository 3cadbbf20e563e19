/**
 * The kinds of configured objects as CUCM's administration has them: where each stands, which columns its
 * list has, in which order its form has its fields, and what a new one begins with. The words are in
 * `en.json`; what a field is, the API's schema says.
 */
import type { Kind, ObjectOf } from '../api/objects.ts';
import type { MenuGroup } from '../kit/page.ts';

export interface KindField {
  readonly name: string;
  /** The kinds whose names can be chosen. */
  readonly refersTo?: readonly Kind[];
  /** What can be chosen where the schema names no values. */
  readonly options?: readonly string[];
  readonly ordered?: boolean;
  readonly fields?: readonly KindField[];
}

export interface KindPlan<K extends Kind = Kind> {
  readonly kind: K;
  readonly path: string;
  readonly menu: MenuGroup;
  readonly columns: readonly string[];
  /** Devices have a state and an address; they are shown beside the columns. */
  readonly isDevice?: true;
  readonly fields: readonly KindField[];
  readonly initial: ObjectOf<K>;
  /** Addresses of the pages that the Related Links lead to (ADM-09). */
  readonly related?: readonly string[];
}

const POOL: KindField = { name: 'devicePool', refersTo: ['devicePools'] };
const LOCATION: KindField = { name: 'location', refersTo: ['locations'] };
const COMMON: KindField = {
  name: 'commonDeviceConfiguration',
  refersTo: ['commonDeviceConfigurations'],
};
const LIST: KindField = { name: 'mediaResourceList', refersTo: ['mediaResourceLists'] };
const DIGEST: KindField = { name: 'digest', fields: [{ name: 'user' }, { name: 'password' }] };
const NUMBER: readonly KindField[] = [
  { name: 'pattern' },
  { name: 'description' },
  { name: 'partition' },
];

const PLACE = { devicePool: 'Default', location: 'Hub_None' };
const NO_NUMBER = { pattern: '', partition: '', description: '' };

export const MEET_ME = '/call-routing/meet-me';
export const SERVICE_PARAMETERS = '/system/service-parameters';

const BRIDGE_TYPES = [
  'Cisco Conference Bridge Software',
  'Cisco Conference Bridge Hardware',
  'Cisco IOS Conference Bridge',
  'Cisco IOS Enhanced Conference Bridge',
];

function plan<K extends Kind>(each: KindPlan<K>): KindPlan {
  return each as unknown as KindPlan;
}

export const KIND_PLANS: readonly KindPlan[] = [
  plan({
    kind: 'devicePools',
    path: '/system/device-pool',
    menu: 'system',
    columns: ['name', 'callManagerGroup', 'region', 'dateTimeGroup', 'mediaResourceList'],
    fields: [
      { name: 'name' },
      { name: 'callManagerGroup' },
      { name: 'dateTimeGroup' },
      { name: 'region' },
      LIST,
    ],
    initial: { name: '' },
  }),
  plan({
    kind: 'locations',
    path: '/system/location',
    menu: 'system',
    columns: ['name'],
    fields: [{ name: 'name' }],
    initial: { name: '' },
  }),
  plan({
    kind: 'routes',
    path: '/call-routing/route-pattern',
    menu: 'callRouting',
    columns: ['pattern', 'partition', 'description', 'trunk'],
    fields: [...NUMBER, { name: 'trunk', refersTo: ['sipTrunks'] }],
    initial: { ...NO_NUMBER, trunk: '' },
  }),
  plan({
    kind: 'parkNumbers',
    path: '/call-routing/call-park',
    menu: 'callRouting',
    columns: ['pattern', 'partition', 'description'],
    fields: NUMBER,
    initial: NO_NUMBER,
  }),
  plan({
    kind: 'directoryNumbers',
    path: '/call-routing/directory-number',
    menu: 'callRouting',
    columns: ['pattern', 'partition', 'description', 'alertingName'],
    fields: [...NUMBER, { name: 'alertingName' }],
    initial: { ...NO_NUMBER, alertingName: '' },
  }),
  plan({
    kind: 'meetMeNumbers',
    path: MEET_ME,
    menu: 'callRouting',
    columns: ['pattern', 'partition', 'description', 'minimumSecurityLevel'],
    fields: [...NUMBER, { name: 'minimumSecurityLevel' }],
    initial: { ...NO_NUMBER, minimumSecurityLevel: 'nonsecure' },
    related: ['/media-resources/conference-bridge', SERVICE_PARAMETERS],
  }),
  plan({
    kind: 'bridges',
    path: '/media-resources/conference-bridge',
    menu: 'mediaResources',
    columns: ['name', 'description', 'type', 'securityMode', 'devicePool'],
    isDevice: true,
    fields: [
      { name: 'type', options: BRIDGE_TYPES },
      { name: 'name' },
      { name: 'description' },
      POOL,
      COMMON,
      LOCATION,
      { name: 'securityMode' },
    ],
    initial: {
      type: 'Cisco IOS Enhanced Conference Bridge',
      name: '',
      description: '',
      ...PLACE,
      commonDeviceConfiguration: '',
      securityMode: 'nonsecure',
    },
    related: [MEET_ME, SERVICE_PARAMETERS],
  }),
  plan({
    kind: 'musicServers',
    path: '/media-resources/music-on-hold-server',
    menu: 'mediaResources',
    columns: ['name', 'description', 'securityMode', 'devicePool'],
    isDevice: true,
    fields: [{ name: 'name' }, { name: 'description' }, POOL, LOCATION, { name: 'securityMode' }],
    initial: { name: '', description: '', ...PLACE, securityMode: 'nonsecure' },
  }),
  plan({
    kind: 'mediaResourceGroups',
    path: '/media-resources/media-resource-group',
    menu: 'mediaResources',
    columns: ['name', 'members'],
    fields: [{ name: 'name' }, { name: 'members', refersTo: ['bridges', 'musicServers'] }],
    initial: { name: '', members: [] },
  }),
  plan({
    kind: 'mediaResourceLists',
    path: '/media-resources/media-resource-group-list',
    menu: 'mediaResources',
    columns: ['name', 'groups'],
    fields: [
      { name: 'name' },
      { name: 'groups', refersTo: ['mediaResourceGroups'], ordered: true },
    ],
    initial: { name: '', groups: [] },
  }),
  plan({
    kind: 'commonDeviceConfigurations',
    path: '/device/common-device-configuration',
    menu: 'device',
    columns: ['name', 'userLocale'],
    fields: [{ name: 'name' }, { name: 'userLocale' }],
    initial: { name: '' },
  }),
  plan({
    kind: 'phones',
    path: '/device/phone',
    menu: 'device',
    columns: ['name', 'description', 'model', 'protocol', 'securityMode', 'devicePool'],
    isDevice: true,
    fields: [
      { name: 'name' },
      { name: 'description' },
      { name: 'model' },
      { name: 'firmware' },
      { name: 'protocol' },
      POOL,
      COMMON,
      LIST,
      LOCATION,
      { name: 'userLocale' },
      { name: 'securityMode' },
      { name: 'builtInBridge' },
      { name: 'privacy' },
      { name: 'protectedDevice' },
      { name: 'mediaPath' },
      { name: 'standardClient' },
      DIGEST,
      { name: 'lines' },
    ],
    initial: {
      name: 'SEP',
      description: '',
      model: '7961G',
      firmware: '',
      protocol: 'SCCP',
      ...PLACE,
      userLocale: 'English_United_States',
      securityMode: 'nonsecure',
      lines: [{ index: 1, directoryNumber: '', partition: '', displayName: '', label: '' }],
    },
  }),
  plan({
    kind: 'sipTrunks',
    path: '/device/trunk',
    menu: 'device',
    columns: ['name', 'description', 'transport', 'srtpAllowed', 'devicePool'],
    fields: [
      { name: 'name' },
      { name: 'description' },
      POOL,
      LOCATION,
      { name: 'destinations' },
      { name: 'transport' },
      { name: 'srtpAllowed' },
      { name: 'trustSecurityStatus' },
      { name: 'onNet' },
      { name: 'certificateName' },
      DIGEST,
    ],
    initial: {
      name: '',
      description: '',
      ...PLACE,
      destinations: [{ host: '' }],
      transport: 'TCP',
      srtpAllowed: false,
      trustSecurityStatus: false,
      onNet: false,
    },
  }),
];
