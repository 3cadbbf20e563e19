/** Conference bridges, meet-me numbers, media resource groups and lists as AXL has them. */
import type { Configuration } from '../ports.ts';
import { invalid } from './axl-fault.ts';
import {
  type AxlField,
  type AxlObject,
  choiceField,
  referenceField,
  referred,
  shownReference,
  textField,
  words,
} from './axl-object.ts';
import type { Stored } from './configured.ts';
import { child, element, localName, type XmlElement } from './xml.ts';

const NOTHING_ELSE = { fixed: {}, forgotten: [] } as const;

const NO_PARTITION = { pattern: '', partition: '', description: '' };

const LEVELS: Readonly<Record<string, string>> = {
  'Non Secure': 'nonsecure',
  Authenticated: 'authenticated',
  Encrypted: 'encrypted',
};

export const CONFERENCE_BRIDGE: AxlObject = {
  name: 'ConferenceBridge',
  element: 'conferenceBridge',
  kind: 'bridges',
  actions: ['list', 'get', 'add', 'update', 'remove', 'apply', 'reset', 'restart'],
  search: ['name', 'description', 'devicePoolName'],
  fields: [
    textField('name'),
    textField('description', 'description', ''),
    textField('product', 'type'),
    referenceField('devicePoolName', {
      field: 'devicePool',
      kind: 'devicePools',
      preset: 'Default',
    }),
    referenceField('commonDeviceConfigName', {
      field: 'commonDeviceConfiguration',
      kind: 'commonDeviceConfigurations',
      preset: '',
    }),
    referenceField('locationName', { field: 'location', kind: 'locations', preset: 'Hub_None' }),
    choiceField('securityProfileName', 'securityMode', {
      values: {
        'Non Secure Conference Bridge': 'nonsecure',
        'Encrypted Conference Bridge': 'encrypted',
      },
      preset: 'nonsecure',
    }),
  ],
  tags: words(`name description product devicePoolName commonDeviceConfigName locationName subUnit
    loadInformation maximumCapacity useTrustedRelayPoint securityProfileName
    destinationAddress mcuConferenceBridgeSipPort sipProfile srtpAllowed normalizationScript
    enableTrace userName httpPort useHttps conferenceBridgePrefix
    allowCFBControlOfCallSecurityIcon overrideSIPTrunkAddress sipTrunkName`),
  // They would promise a level that comes from elsewhere here.
  fixed: { srtpAllowed: ['false'], allowCFBControlOfCallSecurityIcon: ['false'] },
  forgotten: [],
  blank: {
    securityMode: 'nonsecure',
    devicePool: 'Default',
    commonDeviceConfiguration: '',
    location: 'Hub_None',
  },
};

export const MEET_ME: AxlObject = {
  ...NOTHING_ELSE,
  name: 'MeetMe',
  element: 'meetMe',
  kind: 'meetMeNumbers',
  actions: ['list', 'get', 'add', 'update', 'remove'],
  search: ['pattern', 'description', 'routePartitionName'],
  tags: words('pattern description usage routePartitionName minimumSecurityLevel'),
  fields: [
    textField('pattern'),
    textField('description', 'description', ''),
    textField('routePartitionName', 'partition', ''),
    choiceField('minimumSecurityLevel', 'minimumSecurityLevel', {
      values: LEVELS,
      preset: 'nonsecure',
    }),
  ],
  fixed: { usage: ['Conference'] },
  blank: { ...NO_PARTITION, minimumSecurityLevel: 'nonsecure' },
};

export const MEDIA_RESOURCE_GROUP: AxlObject = {
  ...NOTHING_ELSE,
  name: 'MediaResourceGroup',
  element: 'mediaResourceGroup',
  kind: 'mediaResourceGroups',
  actions: ['list', 'get', 'add', 'update', 'remove'],
  search: ['name', 'description'],
  fields: [
    textField('name'),
    membersField('members', { tag: 'deviceName', kinds: ['bridges', 'musicServers'] }),
  ],
  tags: words('name description multicast members'),
  fixed: { multicast: ['false'] },
  blank: { members: [] },
};

export const MEDIA_RESOURCE_LIST: AxlObject = {
  ...NOTHING_ELSE,
  name: 'MediaResourceList',
  element: 'mediaResourceList',
  kind: 'mediaResourceLists',
  actions: ['list', 'get', 'add', 'update', 'remove'],
  search: ['name'],
  fields: [
    textField('name'),
    membersField('groups', {
      tag: 'mediaResourceGroupName',
      kinds: ['mediaResourceGroups'],
      isOrdered: true,
    }),
  ],
  tags: words('name clause members'),
  blank: { groups: [] },
};

/** `members`, and `addMembers` and `removeMembers` of updates. */
function membersField(
  field: string,
  {
    tag,
    kinds,
    isOrdered = false,
  }: { readonly tag: string; readonly kinds: readonly string[]; readonly isOrdered?: boolean },
): AxlField {
  const [kind = ''] = kinds;
  const kindOf = (name: string, configuration: Configuration): string =>
    kinds.find((each) => configuration[each]?.some((one) => (one as Stored).name === name)) ?? kind;
  return {
    tag: 'members',
    field,
    long: true,
    alsoTaken: ['addMembers', 'removeMembers'],
    show: (object, configuration) =>
      element(
        'members',
        (object[field] as readonly string[]).map((name, index) =>
          element('member', [
            shownReference(tag, { kind: kindOf(name, configuration), name }, configuration) ??
              element(tag, name),
            ...(isOrdered ? [element('order', String(index))] : []),
          ]),
        ),
      ),
    take: (object, given, configuration) => {
      const before = object[field] as readonly string[];
      const named = namesIn(given, tag, (each) => referred(each, kinds, configuration));
      const changed: Readonly<Record<string, readonly string[]>> = {
        members: named,
        addMembers: [...before, ...named],
        removeMembers: before.filter((each) => !named.includes(each)),
      };
      return { ...object, [field]: changed[localName(given)] };
    },
  };
}

/** In their order, where they have one. */
function namesIn(
  given: XmlElement,
  tag: string,
  nameOf: (member: XmlElement) => string,
): readonly string[] {
  const members = given.children.map((member) => {
    const named = child(member, tag);
    if (localName(member) !== 'member' || !named) {
      throw invalid(localName(given), `must have members with ${tag}`);
    }
    return { name: nameOf(named), order: Number(child(member, 'order')?.text ?? 0) };
  });
  return members.toSorted((one, other) => one.order - other.order).map(({ name }) => name);
}
