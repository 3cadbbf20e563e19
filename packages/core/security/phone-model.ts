/**
 * What each phone model can do in a secure conference (PHN-01 ... PHN-08, RES-01, RES-03, ICO-06, D-17).
 */

import type { PhoneConfiguration } from '../configuration.ts';

/** How far a model goes in a secure conference over one protocol. */
export type ConferenceSecurity = 'full' | 'authenticated-only' | 'none' | 'unlisted';

export interface ModelAbility {
  readonly conferenceSecurity: ConferenceSecurity;
  /** Whether the model is told security levels and shows icons for them (PHN-08). */
  readonly icon: boolean;
  /** Whether the model can draw the shield (ICO-06). */
  readonly shield: boolean;
  /** Whether ConfList is offered (RES-03). */
  readonly conferenceList: boolean;
  /** Whether it can link conferences (RES-05). */
  readonly chaining: boolean;
  /** Whether it can barge, or be barged in, an encrypted call (RES-04). */
  readonly bargesEncrypted: boolean;
  /** Whether its built-in bridge carries SRTP; if not, a barge is authenticated at most (TIP-02). */
  readonly builtInBridgeSrtp: boolean;
  /** Draws nothing for a call that is not secure, where others draw the state of the call (ICO-07). */
  readonly legacyNoIcon: boolean;
  /** Its wording for a rejected meet-me (D-16); absent: it cannot be told (RES-08, RES-09). */
  readonly refusalText?: 'device-not-authorized' | 'security-level-not-met';
}

export type PhoneProtocol = 'SCCP' | 'SIP';

/** PHN-01 with D-17: the bare numbers are the restricted profile, the G models are not. */
const RESTRICTED = new Set(['7940', '7960', '7942', '7962']);

/** PHN-02. */
const SCCP_LISTED = new Set(
  (
    '6901 6911 6921 6941 6945 6961 7906G 7911G 7921G 7931G 7941G 7941G-GE 7942G 7945G 7961G ' +
    '7961G-GE 7962G 7965G 7970G 7971G 7971G-GE 7975G 8941 8945'
  ).split(' '),
);

/** PHN-03 and PHN-04. */
const SIP_LISTED = new Set(
  (
    '6901 6911 6921 6941 6945 6961 7906G 7911G 7941G 7941G-GE 7942G 7961G 7961G-GE 7962G 7965G ' +
    '7970G 7971G 7971G-GE 7975G 8941 8945 8961 9951 9971 ' +
    '7811 7821 7841 7861 7832 8811 8841 8845 8851 8851NR 8861 8865 8865NR 8821 8831 8832'
  ).split(' '),
);

/** RES-03: all 78xx and the 7911. */
const NO_CONFERENCE_LIST = /^(78\d\d|7911)/;

/** RES-05. */
const NO_CHAINING = /^7931/;

/** RES-04 with D-17: with or without the G, and the models they were named after. */
const NO_ENCRYPTED_BARGE = /^79[46][02]/;

/** ICO-06: these families have no shield. */
const NO_SHIELD = /^(78|88|69)\d\d/;

/** TIP-02: their built-in bridge has no SRTP, or they have none. */
const NO_BRIDGE_SRTP = /^(69[01]1|79[46]0)/;

/** ICO-07. [inferred] The guides say "some older models"; these are the oldest with security. */
const LEGACY_NO_ICON = /^79(05|12|40|60)/;

/** RES-09 with D-17: with or without the G. */
const NO_REFUSAL_TEXT_OVER_SIP = /^79[46][02]/;

/** Names of the vendor's models begin with their number: only their firmware has these releases. */
const VENDOR_MODEL = /^\d{4}/;

/** D-16: these say "Does not meet Security Level". */
const OTHER_REFUSAL_TEXT = /^(7906|7911|78\d\d)/;

/** The first firmware release that carries conference SRTP (PHN-05, PHN-06). */
const CONFERENCE_FIRMWARE: readonly [number, number] = [8, 3];

/** A release such as `9.4(2)`, or a load such as `SCCP41.8-2-1S`, whose name ends at its first dot. */
const RELEASE = /^(?:[A-Za-z]\w*\.)?(\d{1,2})[.-](\d{1,2})/;

/** Abilities of `model` over `protocol`; a model without its trailing G is taken as listed if only the G is. */
export function modelAbility(model: string, protocol: PhoneProtocol): ModelAbility {
  const name = model.trim().toUpperCase();
  const conferenceSecurity = securityOf(name, protocol);
  const listed = conferenceSecurity === 'full' || conferenceSecurity === 'authenticated-only';
  return {
    conferenceSecurity,
    icon: listed,
    shield: listed && !NO_SHIELD.test(name),
    chaining: !NO_CHAINING.test(name),
    bargesEncrypted: !NO_ENCRYPTED_BARGE.test(name),
    conferenceList: listed && !NO_CONFERENCE_LIST.test(name),
    builtInBridgeSrtp: conferenceSecurity === 'full' && !NO_BRIDGE_SRTP.test(name),
    legacyNoIcon: LEGACY_NO_ICON.test(name),
    ...(!(protocol === 'SIP' && NO_REFUSAL_TEXT_OVER_SIP.test(name)) && {
      refusalText: OTHER_REFUSAL_TEXT.test(name)
        ? 'security-level-not-met'
        : 'device-not-authorized',
    }),
  };
}

/** Abilities of a configured device: of its model, or of its kind when it is no phone. */
export function abilityOf(
  device: Pick<PhoneConfiguration, 'kind' | 'model' | 'protocol'>,
): ModelAbility {
  switch (device.kind ?? 'phone') {
    case 'phone':
      return modelAbility(device.model, device.protocol);
    case 'cti-port':
      // An application is told every level (CTI-02); it has no screen for a list.
      return { ...BEHIND, icon: true, shield: true, refusalText: 'device-not-authorized' };
    case 'h323-trunk':
      // The lock shows at the far side; RES-12 knows no shield there (RES-11).
      return { ...BEHIND, icon: true, refusalText: 'device-not-authorized' };
    case 'sip-trunk':
    case 'mgcp-gateway':
      return BEHIND;
  }
}

/** What reaches a party that is no phone of ours: neither levels, lists nor texts (TRK-04, RES-08, RES-10). */
const BEHIND: ModelAbility = {
  conferenceSecurity: 'full',
  icon: false,
  shield: false,
  conferenceList: false,
  chaining: true,
  bargesEncrypted: true,
  builtInBridgeSrtp: false,
  legacyNoIcon: false,
};

/** Whether the phone's firmware carries conference SRTP; only the vendor's releases can be too old. */
export function firmwareCarriesSrtp(
  phone: Pick<PhoneConfiguration, 'model' | 'firmware'>,
): boolean {
  return !VENDOR_MODEL.test(phone.model.trim()) || carriesConferenceSrtp(phone.firmware);
}

/** What to advise an operator of a phone whose firmware is older than recommended (PHN-05). */
export function firmwareAdvice(phone: PhoneConfiguration): string | undefined {
  if ((phone.kind ?? 'phone') !== 'phone' || firmwareCarriesSrtp(phone)) return undefined;
  return `${phone.name} runs firmware ${phone.firmware}: upgrade to 8.3 for secure conferences.`;
}

/** Whether a firmware text such as `9.4(2)SR1` or `SCCP41.8-2-1S` is 8.3 or later; unknown text is. */
export function carriesConferenceSrtp(firmware: string): boolean {
  const found = RELEASE.exec(firmware);
  if (!found) return true;
  const major = Number(found[1]);
  const minor = Number(found[2]);
  const [needMajor, needMinor] = CONFERENCE_FIRMWARE;
  return major > needMajor || (major === needMajor && minor >= needMinor);
}

function securityOf(name: string, protocol: PhoneProtocol): ConferenceSecurity {
  if (RESTRICTED.has(name)) return protocol === 'SCCP' ? 'authenticated-only' : 'none';
  const listed = protocol === 'SCCP' ? SCCP_LISTED : SIP_LISTED;
  return listed.has(name) || listed.has(`${name}G`) ? 'full' : 'unlisted';
}
