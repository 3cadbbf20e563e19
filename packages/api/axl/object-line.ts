/**
 * Lines as AXL has them: directory numbers by themselves. Here a line is on phones, or is a directory number
 * that no phone has yet, or both; AXL sees one object.
 */
import type { Configuration } from '../ports.ts';
import { invalid } from './axl-fault.ts';
import { type AxlField, type AxlObject, type AxlSource, textField, words } from './axl-object.ts';
import { keyOf, objectsOf, type Stored } from './configured.ts';
import { element } from './xml.ts';

type Edit = (line: Stored) => readonly Stored[];

export function lineKey(pattern: string, partition: string): string {
  return keyOf({ pattern, partition });
}

const SOURCE: AxlSource = {
  list: (configuration) => {
    const own = objectsOf(configuration, 'directoryNumbers');
    const onPhones = objectsOf(configuration, 'phones').flatMap(linesOf).map(numberOf);
    // Those that have something of their own last: they count.
    const byKey = new Map([...onPhones, ...own].map((each) => [keyOf(each), each]));
    return [...byKey.values()];
  },
  add: (configuration, object) => ({
    ...configuration,
    directoryNumbers: [...objectsOf(configuration, 'directoryNumbers'), object],
  }),
  replace: (configuration, before, after) => {
    const { pattern: directoryNumber, partition } = after;
    return edited(configuration, before, {
      number: [after],
      line: (line) => [{ ...line, directoryNumber, partition }],
    });
  },
  remove: (configuration, object) => edited(configuration, object, { number: [], line: () => [] }),
};

/** The phones that have it, for who reads; a phone's lines are the phone's to change. */
const DEVICES: AxlField = {
  tag: 'associatedDevices',
  field: 'associatedDevices',
  long: true,
  show: (object, configuration) => {
    const key = keyOf(object);
    const phones = objectsOf(configuration, 'phones').filter((phone) =>
      linesOf(phone).some((each) => keyOf(numberOf(each)) === key),
    );
    return element(
      'associatedDevices',
      phones.map(({ name }) => element('device', String(name))),
    );
  },
  take: () => {
    throw invalid('associatedDevices', 'is read only: change the lines of the phone');
  },
};

export const LINE: AxlObject = {
  name: 'Line',
  element: 'line',
  kind: 'lines',
  actions: ['list', 'get', 'add', 'update', 'remove', 'apply', 'reset', 'restart'],
  search: ['pattern', 'description', 'usage', 'routePartitionName'],
  fields: [
    textField('pattern'),
    textField('description', 'description', ''),
    textField('routePartitionName', 'partition', ''),
    textField('alertingName', 'alertingName', ''),
    DEVICES,
  ],
  tags: words(`pattern description usage routePartitionName aarNeighborhoodName aarDestinationMask
    aarKeepCallHistory aarVoiceMailEnabled callPickupGroupName autoAnswer
    networkHoldMohAudioSourceId userHoldMohAudioSourceId callingIdPresentationWhenDiverted
    alertingName asciiAlertingName presenceGroupName shareLineAppearanceCssName
    voiceMailProfileName patternPrecedence releaseClause hrDuration hrInterval cfaCssPolicy
    defaultActivatedDeviceName parkMonForwardNoRetrieveDn parkMonForwardNoRetrieveIntDn
    parkMonForwardNoRetrieveVmEnabled parkMonForwardNoRetrieveIntVmEnabled
    parkMonForwardNoRetrieveCssName parkMonForwardNoRetrieveIntCssName parkMonReversionTimer
    partyEntranceTone allowCtiControlFlag rejectAnonymousCall patternUrgency
    externalCallControlProfile pstnFailover callControlAgentProfile associatedDevices
    useEnterpriseAltNum useE164AltNum active`),
  fixed: { usage: ['Device'] },
  forgotten: [],
  blank: { pattern: '', partition: '', description: '', alertingName: '' },
  source: SOURCE,
};

/** With the line as it is to be, where it is by itself and on every phone that has it. */
function edited(
  configuration: Configuration,
  before: Stored,
  { number, line }: { readonly number: readonly Stored[]; readonly line: Edit },
): Configuration {
  const key = keyOf(before);
  const others = objectsOf(configuration, 'directoryNumbers').filter((each) => keyOf(each) !== key);
  const phones = objectsOf(configuration, 'phones').map((phone) => {
    const lines = linesOf(phone);
    if (!lines.some((each) => keyOf(numberOf(each)) === key)) return phone;
    const after = lines.flatMap((each) => (keyOf(numberOf(each)) === key ? line(each) : [each]));
    return { ...phone, lines: after };
  });
  return { ...configuration, phones, directoryNumbers: [...others, ...number] };
}

function linesOf({ lines }: Stored): readonly Stored[] {
  return lines as readonly Stored[];
}

function numberOf({ directoryNumber, partition }: Stored): Stored {
  return { pattern: directoryNumber, partition, description: '', alertingName: '' };
}
