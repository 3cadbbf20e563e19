/**
 * How a phone introduces itself, and what it asks about itself once it is acknowledged.
 *
 * The questions go one at a time, each after the answer to the one before, as phones ask them; a
 * question that nobody answers is passed over after a while.
 *
 * Source: sccp.md, "Versions and registration"; [observed] fixtures/sccp for the alarm in front, the
 * feature bits and the firmware's name.
 */
import { ButtonType, MediaPayloadType } from '../wire/enumerations.ts';
import type { AnyMessage, BodyInput, MessageName } from '../wire/types.ts';
import type { ClientIdentity } from './client-session.ts';
import type { OutgoingMessage } from './phone-commands.ts';

/** An answer that takes longer is not waited for. */
export const ANSWER_TIMEOUT_MS = 2_000;

/** What a phone of this family carries at a time. */
const STREAMS_MAX = 5;

/** As a 7965 announces them; among them UTF-8, abbreviated dial and dynamic messages [observed]. */
const FEATURES = 0x8572;

/** From this version on phones announce features. */
const FEATURES_VERSION = 11;

const SEVERITY_INFORMATIONAL = 2;

const PAYLOADS = {
  pcmu: MediaPayloadType.G711Ulaw64k,
  pcma: MediaPayloadType.G711Alaw64k,
  g722: MediaPayloadType.G722_64k,
} as const;

export type PhoneCodec = keyof typeof PAYLOADS;

const PHONE_CODECS: readonly PhoneCodec[] = ['pcmu', 'pcma', 'g722'];

export interface PhoneIdentity {
  /** `SEP` and twelve hexadecimal digits; others are sent as they are. */
  readonly name: string;
  /** See `deviceTypeOf`. */
  readonly deviceType: number;
  /** Firmware load name, at most 31 characters. */
  readonly firmware: string;
  /** SCCP version that is offered: 3 to 22. */
  readonly protocolVersion: number;
  /** Line buttons, unless the call manager's button template says otherwise. */
  readonly lines: number;
  /** In order of preference. */
  readonly codecs: readonly PhoneCodec[];
  /** Our own address as dotted text. */
  readonly address: string;
}

export interface Question {
  readonly ask: OutgoingMessage;
  /** Any of these is the answer; none for a statement. */
  readonly answers: readonly MessageName[];
}

export function clientIdentityOf(phone: PhoneIdentity): ClientIdentity {
  return {
    registration: {
      sid: { DeviceName: phone.name, reserved_for_future_use: 0, instance: 1 },
      stationIpAddr: /^[\d.]+$/.test(phone.address) ? phone.address : '0.0.0.0',
      deviceType: phone.deviceType,
      maxStreams: STREAMS_MAX,
      protocolVer: phone.protocolVersion,
      phoneFeatures: phone.protocolVersion >= FEATURES_VERSION ? FEATURES : 0,
      macAddress: macAddressOf(phone.name),
      maxNumberOfLines: phone.lines,
      firmwareLoadName: phone.firmware,
    },
    capabilities: phone.codecs.map((codec) => PAYLOADS[codec]),
  };
}

/** Says, ahead of the registration, why the phone comes. */
export function alarmOf(phone: PhoneIdentity): BodyInput<'Alarm'> {
  const text = `25: Name=${phone.name} Load=${phone.firmware} Last=Initialized`;
  return { alarmSeverity: SEVERITY_INFORMATIONAL, text };
}

/** The first question; the others follow from its answer. */
export function firstQuestions(phone: PhoneIdentity): readonly Question[] {
  return [
    question('ButtonTemplateReq', {}, 'ButtonTemplateRes'),
    ...laterQuestions(
      Array.from({ length: phone.lines }, (_, index) => index + 1),
      [],
    ),
  ];
}

/** What remains to be asked once the buttons are known. */
export function questionsAfterTemplate(
  message: AnyMessage,
  remaining: readonly Question[],
): readonly Question[] {
  if (message.name !== 'ButtonTemplateRes') return remaining;
  const buttons = message.body.buttonTemplate.definition;
  const instancesOf = (type: number): readonly number[] =>
    buttons.filter((each) => each.buttonDefinition === type).map((each) => each.instanceNumber);
  const lines = instancesOf(ButtonType.Line);
  if (lines.length === 0) return remaining;
  return laterQuestions(lines, instancesOf(ButtonType.SpeedDial));
}

export function payloadOf(codec: PhoneCodec): number {
  return PAYLOADS[codec];
}

/** Undefined for what this phone cannot decode. */
export function codecOfPayload(payload: number): PhoneCodec | undefined {
  return PHONE_CODECS.find((codec) => PAYLOADS[codec] === payload);
}

function laterQuestions(
  lines: readonly number[],
  speedDials: readonly number[],
): readonly Question[] {
  return [
    question('SoftKeyTemplateReq', {}, 'SoftKeyTemplateRes'),
    question('SoftKeySetReq', {}, 'SoftKeySetRes'),
    question('ConfigStatReq', {}, 'ConfigStatRes', 'ConfigStatV2Res'),
    ...lines.map((lineNumber) =>
      question('LineStatReq', { lineNumber }, 'LineStatRes', 'LineStatV2Res'),
    ),
    ...speedDials.map((speedDialNumber) =>
      question('SpeedDialStatReq', { speedDialNumber }, 'SpeedDialStatRes', 'SpeedDialStatV2Res'),
    ),
    ...lines.map((lineNumber) => question('ForwardStatReq', { lineNumber }, 'ForwardStatRes')),
    question('TimeDateReq', {}, 'TimeDateRes'),
    question('RegisterAvailableLines', { maxNumOfAvailLines: lines.length }),
  ];
}

function question<N extends MessageName>(
  name: N,
  body: BodyInput<N>,
  ...answers: readonly MessageName[]
): Question {
  return { ask: { name, body } as OutgoingMessage, answers };
}

/** The six bytes behind `SEP`, in a room of twelve. */
function macAddressOf(name: string): Uint8Array {
  const address = new Uint8Array(12);
  const found = /^SEP([\dA-F]{12})$/i.exec(name);
  const digits = found?.[1] ?? '';
  for (let at = 0; at < digits.length; at += 2) {
    address[at / 2] = Number.parseInt(digits.slice(at, at + 2), 16);
  }
  return address;
}
