/**
 * Phone models by the number they register with, and what they can draw (PHN-02, ICO-06). The call
 * manager has its own table of abilities; a phone only knows its own screen.
 */
import { DeviceType } from '../wire/enumerations.ts';

/** The phone's session goes out through this file, which the package's index lists. */
export {
  type PhoneCommand,
  type PhoneSoftkey,
  runCommand,
  softkeyEventOf,
} from './phone-commands.ts';
export type {
  PhoneChannel,
  PhoneEndpoint,
  PhoneMediaKey,
  PhoneStreamCounters,
  ReceiveRequest,
  TransmitRequest,
} from './phone-media.ts';
export type { PhoneCodec, PhoneIdentity } from './phone-registration.ts';
export {
  handlePhone,
  newPhoneSession,
  type PhoneInput,
  type PhoneOutput,
  type PhoneSession,
  phoneDeadlineMs,
  type RegistrationState,
} from './phone-session.ts';

/** Sent by a model that the wire has no number for. */
const OTHER_MODEL = DeviceType.Cisco_7961G;

const DEVICE_TYPES: ReadonlyMap<string, number> = new Map([
  ['6901', DeviceType.Cisco_6901],
  ['6911', DeviceType.Cisco_6911],
  ['6921', DeviceType.Cisco_6921],
  ['6941', DeviceType.Cisco_6941],
  ['6945', DeviceType.Cisco_6945],
  ['6961', DeviceType.Cisco_6961],
  ['7902', DeviceType.Cisco_7902],
  ['7905', DeviceType.Cisco_7905],
  ['7906', DeviceType.Cisco_7906],
  ['7910', DeviceType.Cisco_7910],
  ['7911', DeviceType.Cisco_7911],
  ['7912', DeviceType.Cisco_7912],
  ['7920', DeviceType.Cisco_7920],
  ['7921', DeviceType.Cisco_7921],
  ['7925', DeviceType.Cisco_7925],
  ['7931', DeviceType.Cisco_7931],
  ['7940', DeviceType.Cisco_7940],
  ['7941', DeviceType.Cisco_7941G],
  ['7942', DeviceType.Cisco_7942],
  ['7945', DeviceType.Cisco_7945],
  ['7960', DeviceType.StationTelecasterMgr],
  ['7961', DeviceType.Cisco_7961G],
  ['7961G-GE', DeviceType.Cisco_7961G_GE],
  ['7962', DeviceType.Cisco_7962],
  ['7965', DeviceType.Cisco_7965],
  ['7970', DeviceType.Cisco_7970],
  ['7971', DeviceType.Cisco_7971],
  ['7975', DeviceType.Cisco_7975],
  ['8941', DeviceType.Cisco_8941],
  ['8945', DeviceType.Cisco_8945],
]);

/** These families have no shield (ICO-06). */
const NO_SHIELD = /^(78|88|69)\d\d/;

/** [inferred] Older models that draw nothing where others draw the state of the call (ICO-07). */
const NO_CALL_ICON = /^79(05|12|40|60)/;

/** The number that a model registers with; the G of a name makes no difference here. */
export function deviceTypeOf(model: string): number {
  return (
    DEVICE_TYPES.get(model) ??
    DEVICE_TYPES.get(model.replace(/G(-GE)?$/, '')) ??
    DEVICE_TYPES.get(model.slice(0, 4)) ??
    OTHER_MODEL
  );
}

export type Icon = 'lock' | 'shield' | 'call' | 'none';

/** What the model draws for a call security status of the wire; 0 is nothing told. */
export function iconOf(model: string, callSecurityStatus: number): Icon {
  if (callSecurityStatus === 3) return 'lock';
  if (callSecurityStatus === 2 && !NO_SHIELD.test(model)) return 'shield';
  const told = callSecurityStatus === 1 || callSecurityStatus === 2;
  return told && !NO_CALL_ICON.test(model) ? 'call' : 'none';
}
