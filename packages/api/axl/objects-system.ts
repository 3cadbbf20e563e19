/** Device pools, locations and common device configurations as AXL has them. */
import { type AxlObject, referenceField, textField, words } from './axl-object.ts';

export const DEVICE_POOL: AxlObject = {
  name: 'DevicePool',
  element: 'devicePool',
  kind: 'devicePools',
  actions: ['list', 'get', 'add', 'update', 'remove', 'apply', 'reset', 'restart'],
  search: ['name', 'callManagerGroupName', 'regionName'],
  fields: [
    textField('name'),
    textField('dateTimeSettingName', 'dateTimeGroup'),
    textField('callManagerGroupName', 'callManagerGroup'),
    referenceField('mediaResourceListName', {
      field: 'mediaResourceList',
      kind: 'mediaResourceLists',
    }),
    textField('regionName', 'region'),
  ],
  tags: words(`name autoSearchSpaceName dateTimeSettingName callManagerGroupName mediaResourceListName
    regionName networkLocale srstName connectionMonitorDuration
    automatedAlternateRoutingCssName aarNeighborhoodName locationName mobilityCssName
    physicalLocationName deviceMobilityGroupName revertPriority singleButtonBarge
    joinAcrossLines cgpnTransformationCssName cdpnTransformationCssName localRouteGroupName
    geoLocationName geoLocationFilterName callingPartyNationalPrefix
    callingPartyInternationalPrefix callingPartyUnknownPrefix callingPartySubscriberPrefix
    adjunctCallingSearchSpace callingPartyNationalStripDigits
    callingPartyInternationalStripDigits callingPartyUnknownStripDigits
    callingPartySubscriberStripDigits callingPartyNationalTransformationCssName
    callingPartyInternationalTransformationCssName callingPartyUnknownTransformationCssName
    callingPartySubscriberTransformationCssName calledPartyNationalPrefix
    calledPartyInternationalPrefix calledPartyUnknownPrefix calledPartySubscriberPrefix
    calledPartyNationalStripDigits calledPartyInternationalStripDigits
    calledPartyUnknownStripDigits calledPartySubscriberStripDigits
    calledPartyNationalTransformationCssName calledPartyInternationalTransformationCssName
    calledPartyUnknownTransformationCssName calledPartySubscriberTransformationCssName
    imeEnrolledPatternGroupName cntdPnTransformationCssName
    redirectingPartyTransformationCSS callingPartyTransformationCSS wirelessLanProfileGroup
    elinGroup mraServiceDomain`),
  fixed: {},
  forgotten: [],
  blank: {},
};

export const LOCATION: AxlObject = {
  name: 'Location',
  element: 'location',
  kind: 'locations',
  actions: ['list', 'get', 'add', 'update', 'remove'],
  search: ['name'],
  fields: [textField('name')],
  tags: words(`name id withinAudioBandwidth withinVideoBandwidth withinImmersiveKbits`),
  fixed: {},
  // CUCM demands the first of them, and no bandwidth is counted here.
  forgotten: ['betweenLocations', 'relatedLocations'],
  blank: {},
};

export const COMMON_DEVICE_CONFIG: AxlObject = {
  name: 'CommonDeviceConfig',
  element: 'commonDeviceConfig',
  kind: 'commonDeviceConfigurations',
  actions: ['list', 'get', 'add', 'update', 'remove', 'apply', 'reset'],
  search: ['name'],
  tags: words(`name softkeyTemplateName userLocale networkHoldMohAudioSourceId
    userHoldMohAudioSourceId mlppDomainId mlppIndicationStatus useTrustedRelayPoint preemption
    ipAddressingMode ipAddressingModePreferenceControl allowAutoConfigurationForPhones
    useImeForOutboundCalls allowDuplicateAddressDetection acceptRedirectMessages
    replyMulticastEchoRequest`),
  fields: [textField('name'), textField('userLocale')],
  fixed: {},
  forgotten: [],
  blank: {},
};
