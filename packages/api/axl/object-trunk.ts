/** SIP trunks as AXL has them. */
import { invalid, notFound } from './axl-fault.ts';
import {
  type AxlField,
  type AxlObject,
  choiceField,
  flagField,
  referenceField,
  textField,
  withField,
  words,
} from './axl-object.ts';
import { child, element, localName, type XmlElement } from './xml.ts';

interface Destination {
  readonly host: string;
  readonly port?: number;
}

/** The profile says the transport; of CUCM's own there are these, and one of ours for UDP. */
const PROFILES = {
  'Non Secure SIP Trunk Profile': 'TCP',
  'Non Secure SIP Trunk Profile UDP': 'UDP',
  'Secure SIP Trunk Profile': 'TLS',
} as const;

const DEFAULT_PORT = 5060;

const DESTINATIONS: AxlField = {
  tag: 'destinations',
  field: 'destinations',
  long: true,
  alsoTaken: ['addDestinations', 'removeDestinations'],
  show: ({ destinations }) =>
    element(
      'destinations',
      (destinations as readonly Destination[]).map(({ host, port }, index) =>
        element('destination', [
          element(host.includes(':') ? 'addressIpv6' : 'addressIpv4', host),
          ...(port === undefined ? [] : [element('port', String(port))]),
          element('sortOrder', String(index + 1)),
        ]),
      ),
    ),
  take: (object, given) => {
    const before = object.destinations as readonly Destination[];
    const named = destinationsIn(given);
    const isNamed = ({ host, port = DEFAULT_PORT }: Destination): boolean =>
      named.some((each) => each.host === host && (each.port ?? DEFAULT_PORT) === port);
    const changed: Readonly<Record<string, readonly Destination[]>> = {
      destinations: named,
      addDestinations: [...before, ...named],
      removeDestinations: before.filter((each) => !isNamed(each)),
    };
    return { ...object, destinations: changed[localName(given)] };
  },
};

const PROFILE: AxlField = {
  tag: 'securityProfileName',
  field: 'transport',
  show: ({ transport }) => {
    const found = Object.entries(PROFILES).find(([, each]) => each === transport);
    return found && element('securityProfileName', found[0]);
  },
  take: (object, { text }) => {
    const profile = text || 'Non Secure SIP Trunk Profile';
    if (!Object.hasOwn(PROFILES, profile)) throw notFound(`SipTrunkSecurityProfile ${profile}`);
    return withField(object, 'transport', PROFILES[profile as keyof typeof PROFILES]);
  },
};

export const SIP_TRUNK: AxlObject = {
  name: 'SipTrunk',
  element: 'sipTrunk',
  kind: 'sipTrunks',
  actions: ['list', 'get', 'add', 'update', 'remove', 'reset', 'restart'],
  search: ['name', 'description', 'callingSearchSpaceName', 'devicePoolName'],
  fields: [
    textField('name'),
    textField('description', 'description', ''),
    referenceField('devicePoolName', {
      field: 'devicePool',
      kind: 'devicePools',
      preset: 'Default',
    }),
    choiceField('networkLocation', 'onNet', {
      values: { OnNet: true, OffNet: false, 'Use System Default': false },
      preset: false,
    }),
    referenceField('locationName', { field: 'location', kind: 'locations', preset: 'Hub_None' }),
    PROFILE,
    flagField('srtpAllowed', 'srtpAllowed', true),
    DESTINATIONS,
  ],
  tags: words(`name description product class protocol protocolSide callingSearchSpaceName devicePoolName
    commonDeviceConfigName networkLocation locationName mediaResourceListName
    networkHoldMohAudioSourceId userHoldMohAudioSourceId automatedAlternateRoutingCssName
    aarNeighborhoodName packetCaptureMode packetCaptureDuration loadInformation traceFlag
    mlppDomainId mlppIndicationStatus preemption useTrustedRelayPoint retryVideoCallAsAudio
    securityProfileName sipProfileName cgpnTransformationCssName
    useDevicePoolCgpnTransformCss geoLocationName geoLocationFilterName sendGeoLocation
    cdpnTransformationCssName useDevicePoolCdpnTransformCss unattendedPort transmitUtf8
    subscribeCallingSearchSpaceName rerouteCallingSearchSpaceName
    referCallingSearchSpaceName mtpRequired presenceGroupName unknownPrefix destAddrIsSrv
    tkSipCodec sigDigits connectedNamePresentation connectedPartyIdPresentation
    callingPartySelection callingname callingLineIdPresentation prefixDn acceptInboundRdnis
    acceptOutboundRdnis srtpAllowed srtpFallbackAllowed isPaiEnabled sipPrivacy
    isRpidEnabled sipAssertedType trustReceivedIdentity dtmfSignalingMethod
    routeClassSignalling sipTrunkType pstnAccess imeE164TransformationName
    useImePublicIpPort useDevicePoolCntdPnTransformationCss cntdPnTransformationCssName
    useDevicePoolCgpnTransformCssUnkn rdnTransformationCssName useDevicePoolRdnTransformCss
    useOrigCallingPartyPresOnDivert sipNormalizationScriptName runOnEveryNode destinations
    unknownStripDigits cgpnTransformationUnknownCssName tunneledProtocol asn1RoseOidEncoding
    qsigVariant pathReplacementSupport enableQsigUtf8 scriptParameters scriptTraceEnabled
    trunkTrafficSecure callingAndCalledPartyInfoFormat
    useCallerIdCallerNameinUriOutgoingRequest service parameterLabel
    originatingParameterValue terminatingParameterValue outboundUriRoutingInstructions
    requestUriDomainName enableCiscoRecordingQsigTunneling recordingInformation
    calledPartyUnknownTransformationCssName calledPartyUnknownPrefix
    calledPartyUnknownStripDigits useDevicePoolCalledCssUnkn`),
  fixed: {
    product: ['SIP Trunk'],
    class: ['Trunk'],
    protocol: ['SIP'],
    protocolSide: ['Network', 'User'],
    // Keys travel over TLS only, and what is not encrypted is told as that.
    trunkTrafficSecure: ['When using both sRTP and TLS'],
    srtpFallbackAllowed: ['false'],
    packetCaptureMode: ['None'],
    packetCaptureDuration: ['0'],
  },
  forgotten: [],
  blank: {
    description: '',
    devicePool: 'Default',
    location: 'Hub_None',
    destinations: [],
    transport: 'TCP',
    srtpAllowed: false,
    trustSecurityStatus: false,
    onNet: false,
  },
};

function destinationsIn(given: XmlElement): readonly Destination[] {
  const members = given.children.map((member) => {
    const host = (child(member, 'addressIpv4')?.text || child(member, 'addressIpv6')?.text) ?? '';
    const port = child(member, 'port')?.text ?? '';
    if (localName(member) !== 'destination' || host === '') {
      throw invalid(localName(given), 'must have destinations with addressIpv4 or addressIpv6');
    }
    if (!/^\d{0,5}$/.test(port)) throw invalid('port', 'must be a whole number');
    const order = Number(child(member, 'sortOrder')?.text ?? 0);
    return { order, destination: { host, ...(port !== '' && { port: Number(port) }) } };
  });
  return members
    .toSorted((one, other) => one.order - other.order)
    .map(({ destination }) => destination);
}
