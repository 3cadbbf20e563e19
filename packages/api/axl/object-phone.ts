/** Phones as AXL has them, with the lines on their buttons. */
import { invalid, notFound } from './axl-fault.ts';
import {
  type AxlField,
  type AxlObject,
  choiceField,
  flagField,
  isTrue,
  referenceField,
  textField,
  withField,
  words,
} from './axl-object.ts';
import { uuidOf } from './configured.ts';
import { lineKey } from './object-line.ts';
import { child, element, localName, type XmlElement } from './xml.ts';

interface PhoneLine {
  readonly index: number;
  readonly directoryNumber: string;
  readonly partition: string;
  readonly displayName: string;
  readonly label: string;
}

const STANDARD_CLIENT = /^Third-party SIP Device \((?:Basic|Advanced)\)$/;
const STANDARD_MODEL = 'Third-party SIP Device';

const MODES: Readonly<Record<string, string>> = {
  'Non-Secure': 'nonsecure',
  Authenticated: 'authenticated',
  Encrypted: 'encrypted',
};

/** CUCM's product is the maker and the model. */
const PRODUCT: AxlField = {
  tag: 'product',
  field: 'model',
  show: ({ model, standardClient }) =>
    element('product', standardClient ? `${STANDARD_MODEL} (Advanced)` : `Cisco ${String(model)}`),
  take: (object, { text }) =>
    STANDARD_CLIENT.test(text)
      ? { ...object, model: STANDARD_MODEL, standardClient: true }
      : { ...object, model: text.replace(/^Cisco /, '') },
};

/** The name of a profile as CUCM makes it says protocol and mode; there are no others here. */
const PROFILE: AxlField = {
  tag: 'securityProfileName',
  field: 'securityMode',
  show: ({ model, protocol, standardClient, securityMode }) => {
    const [mode = ''] = Object.entries(MODES).find(([, ours]) => ours === securityMode) ?? [];
    const kind = standardClient ? STANDARD_MODEL : `Cisco ${String(model)}`;
    return element('securityProfileName', `${kind} - Standard ${String(protocol)} ${mode} Profile`);
  },
  take: (object, { text }) => {
    const pattern = /^.+ - Standard (?:SCCP|SIP) (Non-Secure|Authenticated|Encrypted) Profile$/;
    const mode = text === '' ? 'Non-Secure' : pattern.exec(text)?.[1];
    if (mode === undefined) throw notFound(`PhoneSecurityProfile ${text}`);
    return withField(object, 'securityMode', MODES[mode]);
  },
};

/** `English_United_States` here, with spaces there. */
const USER_LOCALE: AxlField = {
  tag: 'userLocale',
  field: 'userLocale',
  show: ({ userLocale }) => element('userLocale', String(userLocale).replaceAll('_', ' ')),
  take: (object, { text }) =>
    withField(object, 'userLocale', (text || 'English United States').replaceAll(' ', '_')),
};

/** An RSVP agent is no word of AXL's: it stays unless an MTP takes its place. */
const MTP: AxlField = {
  tag: 'mtpRequired',
  field: 'mediaPath',
  show: ({ mediaPath }) => element('mtpRequired', String(mediaPath === 'mtp')),
  take: (object, { text }) => {
    if (isTrue('mtpRequired', text)) return withField(object, 'mediaPath', 'mtp');
    return object.mediaPath === 'mtp' ? withField(object, 'mediaPath', undefined) : object;
  },
};

/** Its password is not AXL's to give. */
const DIGEST_USER: AxlField = {
  tag: 'digestUser',
  field: 'digest',
  show: ({ digest }) => {
    const { user } = (digest ?? {}) as { readonly user?: string };
    return user === undefined ? undefined : element('digestUser', user);
  },
  take: (object, { text }) => {
    const { user } = (object.digest ?? {}) as { readonly user?: string };
    if (text === '') return withField(object, 'digest', undefined);
    if (text === user) return object;
    throw invalid(
      'digestUser',
      'a new user needs a password, which is given on the pages or by REST',
    );
  },
};

const LINES: AxlField = {
  tag: 'lines',
  field: 'lines',
  long: true,
  alsoTaken: ['addLines', 'removeLines'],
  show: ({ lines }, configuration) =>
    element(
      'lines',
      (lines as readonly PhoneLine[]).map(({ directoryNumber, partition, ...line }) => {
        const key = lineKey(directoryNumber, partition);
        return element('line', [
          element('index', String(line.index)),
          element('label', line.label),
          element('display', line.displayName),
          element(
            'dirn',
            [element('pattern', directoryNumber), element('routePartitionName', partition)],
            { uuid: uuidOf(configuration, 'lines', key) },
          ),
        ]);
      }),
    ),
  take: (object, given) => {
    const before = object.lines as readonly PhoneLine[];
    const how = localName(given);
    const named = linesIn(given, how === 'addLines' ? before : []);
    const isNamed = (line: PhoneLine): boolean =>
      named.some(
        (each) =>
          each.directoryNumber === line.directoryNumber && each.partition === line.partition,
      );
    const changed: Readonly<Record<string, readonly PhoneLine[]>> = {
      lines: named,
      addLines: [...before, ...named],
      removeLines: before.filter((each) => !isNamed(each)),
    };
    return { ...object, lines: changed[how] };
  },
};

export const PHONE: AxlObject = {
  name: 'Phone',
  element: 'phone',
  kind: 'phones',
  actions: ['list', 'get', 'add', 'update', 'remove', 'apply', 'reset', 'restart'],
  search: words(
    'name description protocol callingSearchSpaceName devicePoolName securityProfileName',
  ),
  fields: [
    textField('name'),
    textField('description', 'description', ''),
    PRODUCT,
    choiceField('protocol', 'protocol', { values: { SCCP: 'SCCP', SIP: 'SIP' }, preset: 'SCCP' }),
    referenceField('devicePoolName', {
      field: 'devicePool',
      kind: 'devicePools',
      preset: 'Default',
    }),
    referenceField('commonDeviceConfigName', {
      field: 'commonDeviceConfiguration',
      kind: 'commonDeviceConfigurations',
    }),
    referenceField('locationName', { field: 'location', kind: 'locations', preset: 'Hub_None' }),
    referenceField('mediaResourceListName', {
      field: 'mediaResourceList',
      kind: 'mediaResourceLists',
    }),
    textField('loadInformation', 'firmware', ''),
    PROFILE,
    USER_LOCALE,
    onOffField('builtInBridgeStatus', 'builtInBridge'),
    onOffField('callInfoPrivacyStatus', 'privacy'),
    flagField('isProtected', 'protectedDevice', false),
    MTP,
    DIGEST_USER,
    LINES,
  ],
  tags: words(`name description product class protocol protocolSide callingSearchSpaceName devicePoolName
    commonDeviceConfigName commonPhoneConfigName networkLocation locationName
    mediaResourceListName networkHoldMohAudioSourceId userHoldMohAudioSourceId
    automatedAlternateRoutingCssName aarNeighborhoodName loadInformation versionStamp
    traceFlag mlppDomainId mlppIndicationStatus preemption useTrustedRelayPoint
    retryVideoCallAsAudio securityProfileName sipProfileName cgpnTransformationCssName
    useDevicePoolCgpnTransformCss geoLocationName geoLocationFilterName sendGeoLocation
    lines phoneTemplateName primaryPhoneName ringSettingIdleBlfAudibleAlert
    ringSettingBusyBlfAudibleAlert userLocale networkLocale idleTimeout authenticationUrl
    directoryUrl idleUrl informationUrl messagesUrl proxyServerUrl servicesUrl
    softkeyTemplateName defaultProfileName enableExtensionMobility singleButtonBarge
    joinAcrossLines builtInBridgeStatus callInfoPrivacyStatus hlogStatus ownerUserName
    ignorePresentationIndicators packetCaptureMode packetCaptureDuration
    subscribeCallingSearchSpaceName rerouteCallingSearchSpaceName allowCtiControlFlag
    presenceGroupName unattendedPort requireDtmfReception rfc2833Disabled
    certificateOperation authenticationMode keySize keyOrder ecKeySize upgradeFinishTime
    deviceMobilityMode remoteDevice dndOption dndRingSetting dndStatus isActive isDualMode
    mobilityUserIdName phoneSuite phoneServiceDisplay isProtected mtpRequired
    mtpPreferedCodec dialRulesName sshUserId digestUser outboundCallRollover hotlineDevice
    secureInformationUrl secureDirectoryUrl secureMessageUrl secureServicesUrl
    secureAuthenticationUrl secureIdleUrl alwaysUsePrimeLine
    alwaysUsePrimeLineForVoiceMessage featureControlPolicy deviceTrustMode
    earlyOfferSupportForVoiceCall requireThirdPartyRegistration
    blockIncomingCallsWhenRoaming homeNetworkId AllowPresentationSharingUsingBfcp
    requireOffPremiseLocation allowiXApplicableMedia cgpnIngressDN
    useDevicePoolCgpnIngressDN msisdn enableCallRoutingToRdWhenNoneIsActive
    wifiHotspotProfile wirelessLanProfileGroup elinGroup enableActivationID mraServiceDomain
    allowMraMode`),
  fixed: {
    class: ['Phone'],
    protocolSide: ['User'],
    certificateOperation: ['No Pending Operation'],
    packetCaptureMode: ['None'],
    packetCaptureDuration: ['0'],
  },
  forgotten: [],
  blank: {
    description: '',
    firmware: '',
    model: '',
    protocol: 'SCCP',
    securityMode: 'nonsecure',
    devicePool: 'Default',
    location: 'Hub_None',
    userLocale: 'English_United_States',
    lines: [],
  },
};

function onOffField(tag: string, field: string): AxlField {
  return choiceField(tag, field, { values: { On: 'on', Off: 'off' }, absent: 'Default' });
}

/** A line that is named without its button gets the first that is free. */
function linesIn(given: XmlElement, present: readonly PhoneLine[]): readonly PhoneLine[] {
  const found: PhoneLine[] = [];
  for (const each of given.children) {
    const taken = new Set([...present, ...found].map(({ index }) => index));
    const free = Array.from({ length: taken.size + 1 }, (_each, place) => place + 1);
    found.push(lineIn(each, free.find((index) => !taken.has(index)) ?? 0));
  }
  return found;
}

function lineIn(given: XmlElement, free: number): PhoneLine {
  const isWhole = localName(given) === 'line';
  const number = isWhole ? child(given, 'dirn') : given;
  const directoryNumber = number && child(number, isWhole ? 'pattern' : 'directoryNumber')?.text;
  if (!number || !directoryNumber)
    throw invalid('lines', 'each line must have a dirn with a pattern');
  const textOf = (tag: string): string => child(given, tag)?.text ?? '';
  return {
    index: textOf('index') === '' ? free : Number(textOf('index')),
    directoryNumber,
    partition: child(number, 'routePartitionName')?.text ?? '',
    displayName: textOf('display'),
    label: textOf('label'),
  };
}
