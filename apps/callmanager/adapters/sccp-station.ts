/** SCCP and the rules: what devices say in the rules' words, what the rules want in SCCP's. */
import { assert } from '@conclave/base';
import type {
  AnnounceEffect,
  BridgeEffect,
  Event,
  MediaEffect,
  PhoneAction,
  PhoneEffect,
} from '@conclave/core';
import { type AnyMessage, digitOfTone, failuresOfAlarm } from '@conclave/sccp';
import type { KeyVault } from '../key-vault.ts';
import type { Phrases } from '../locale/phrases.ts';
import type { RegisteredDevice, StationHub } from '../station-hub.ts';
import { LIST_APPLICATION_ID, listChoice } from './conference-list-xml.ts';
import { announcementMessages, bridgeMessage, mediaMessage } from './sccp-media.ts';
import { phoneMessages } from './sccp-phone.ts';
import { softkeyOfEvent } from './sccp-softkeys.ts';

const STIMULUS_LINE = 9;
const STIMULUS_HOLD = 3;
const STIMULUS_TRANSFER = 4;
const STIMULUS_PARK = 126;
const STIMULUS_CONFERENCE = 125;
const STIMULUS_MEET_ME = 123;
const STIMULUS_CONFERENCE_LIST = 131;
const STIMULUS_REMOVE_LAST = 132;
const STIMULUS_NEW_CALL = 137;
const STIMULUS_END_CALL = 138;

/** Buttons that do what a softkey does. */
const BUTTONS = new Map([
  [STIMULUS_HOLD, 3],
  [STIMULUS_TRANSFER, 4],
  [STIMULUS_PARK, 14],
  [STIMULUS_CONFERENCE, 13],
  [STIMULUS_MEET_ME, 16],
  [STIMULUS_CONFERENCE_LIST, 79],
  [STIMULUS_REMOVE_LAST, 57],
  [STIMULUS_NEW_CALL, 2],
  [STIMULUS_END_CALL, 9],
]);

const KEYPAD = '0123456789ABCD*#+';

export class SccpStations {
  readonly #hub: StationHub;
  readonly #vault: KeyVault;
  readonly #phrasesOf: (device: string) => Phrases;
  #transaction = 0;

  constructor(hub: StationHub, vault: KeyVault, phrasesOf: (device: string) => Phrases) {
    this.#phrasesOf = phrasesOf;
    this.#hub = hub;
    this.#vault = vault;
  }

  show(effect: PhoneEffect): void {
    const device = this.#hub.deviceOf(effect.device);
    if (!device) return;
    if (effect.type === 'conference-list') this.#transaction += 1;
    const { version } = device;
    const phrases = this.#phrasesOf(effect.device);
    const shown = { version, transaction: this.#transaction, phrases };
    this.#hub.send(effect.device, phoneMessages(effect, shown));
  }

  media(effect: MediaEffect): void {
    if (effect.type === 'forget-key') {
      this.#vault.forget(effect.key);
      return;
    }
    const device = this.#hub.deviceOf(effect.end.device);
    if (!device) return;
    const keyed = 'format' in effect && effect.format.key !== undefined;
    assert(!keyed || device.transport === 'tls', 'keys travel only over TLS (SEC-03)');
    this.#hub.send(effect.end.device, [mediaMessage(effect, this.#vault)]);
  }

  announce(effect: AnnounceEffect): void {
    this.#hub.send(effect.bridge, announcementMessages(effect));
  }

  bridge(effect: BridgeEffect): void {
    this.#hub.send(effect.bridge, [bridgeMessage(effect)]);
  }
}

/** What a device's message means to the rules; undefined when it means nothing to them. */
export function eventOf(device: RegisteredDevice, message: AnyMessage): Event | undefined {
  if (device.kind === 'music') return transmitEvent(device, message);
  switch (message.name) {
    case 'OpenReceiveChannelAck': {
      const { mediaReceptionStatus, ipAddr, portNumber, passThroughPartyId } = message.body;
      return {
        type: 'receive-opened',
        device: device.name,
        party: passThroughPartyId,
        ...(mediaReceptionStatus === 0 && {
          address: { host: reachable(ipAddr, device), port: portNumber },
        }),
      };
    }
    case 'StartMediaTransmissionAck':
    case 'MediaTransmissionFailure':
      return transmitEvent(device, message);
    case 'ConnectionStatisticsRes':
      // The question named the party in the place of the call (sccp-media.ts).
      return { type: 'media-audited', device: device.name, party: message.body.callReference };
    default:
      return device.kind === 'bridge' ? bridgeEvent(device, message) : phoneEvent(device, message);
  }
}

/** All that a music server has to say: it never listens. */
function transmitEvent(device: RegisteredDevice, message: AnyMessage): Event | undefined {
  const isFailure =
    message.name === 'MediaTransmissionFailure' ||
    (message.name === 'StartMediaTransmissionAck' && message.body.mediaTransmissionStatus !== 0);
  if (!isFailure) return undefined;
  const { passThroughPartyId } = message.body;
  return { type: 'transmit-failed', device: device.name, party: passThroughPartyId };
}

function bridgeEvent(device: RegisteredDevice, message: AnyMessage): Event | undefined {
  const bridge = device.name;
  switch (message.name) {
    case 'CreateConferenceRes':
      return {
        type: 'conference-created',
        bridge,
        conference: message.body.conferenceId,
        ok: message.body.result === 0,
      };
    case 'NotifyDtmfTone': {
      const { passthruPartyID: party, tone } = message.body;
      const digit = digitOfTone(tone);
      return digit === undefined ? undefined : { type: 'participant-digit', bridge, party, digit };
    }
    case 'Alarm': {
      const found = failuresOfAlarm(message.body.text);
      if (!found) return undefined;
      const { conferenceId: conference, callReference: leg, packets } = found;
      return { type: 'media-refused', bridge, conference, leg, packets };
    }
    case 'AddParticipantRes':
      return {
        type: 'participant-added',
        bridge,
        conference: message.body.conferenceId,
        leg: message.body.callReference,
        ok: message.body.add_participant_result === 0,
      };
    case 'AuditParticipantRes':
      return {
        type: 'participants-audited',
        bridge,
        conference: message.body.conferenceId,
        legs: message.body.participantEntry,
      };
    default:
      return undefined;
  }
}

function phoneEvent(device: RegisteredDevice, message: AnyMessage): Event | undefined {
  const action = actionOf(message);
  return action && { type: 'phone', device: device.name, action };
}

function actionOf(message: AnyMessage): PhoneAction | undefined {
  switch (message.name) {
    case 'OffHook':
      return {
        type: 'off-hook',
        ...lineOf(message.body.lineInstance),
        ...legOf(message.body.callReference),
      };
    case 'OnHook':
      return { type: 'on-hook', ...legOf(message.body.callReference) };
    case 'KeypadButton': {
      const digit = KEYPAD[message.body.kpButton];
      if (digit === undefined) return undefined;
      return { type: 'digit', digit, ...legOf(message.body.callReference) };
    }
    case 'EnblocCall':
      return {
        type: 'dial',
        digits: message.body.calledParty.replace(/[^\d*#+]/g, ''),
        ...lineOf(message.body.lineInstance),
      };
    case 'SoftKeyEvent':
      return softkey(message.body.softKeyEvent, message.body);
    case 'Stimulus':
      return stimulus(message.body);
    case 'DeviceToUserData':
    case 'DeviceToUserDataResponse':
      return data(message.body.deviceToUserData);
    case 'DeviceToUserDataVersion1':
    case 'DeviceToUserDataResponseVersion1':
      return data(message.body.deviceToUserDataVersion1);
    default:
      return undefined;
  }
}

interface CallPlace {
  readonly lineInstance: number;
  readonly callReference: number;
}

function softkey(event: number, place: CallPlace): PhoneAction | undefined {
  const key = softkeyOfEvent(event);
  if (!key) return undefined;
  return { type: 'softkey', key, line: place.lineInstance, ...legOf(place.callReference) };
}

function stimulus(body: CallPlace & { readonly stimulus: number }): PhoneAction | undefined {
  if (body.stimulus === STIMULUS_LINE) return { type: 'line-key', line: body.lineInstance || 1 };
  const event = BUTTONS.get(body.stimulus);
  return event === undefined ? undefined : softkey(event, body);
}

function data(body: {
  readonly applicationId: number;
  readonly callReference: number;
  readonly transactionId: number;
  readonly conferenceId?: number;
  readonly xmldata: string;
}): PhoneAction | undefined {
  if (body.applicationId !== LIST_APPLICATION_ID || body.xmldata === '') return undefined;
  // The older message has no conference field: the list's URL carries it as its call reference.
  return listChoice(body.conferenceId || body.callReference, body.xmldata);
}

function lineOf(line: number | undefined): { readonly line?: number } {
  return line ? { line } : {};
}

function legOf(leg: number | undefined): { readonly leg?: number } {
  return leg ? { leg } : {};
}

/** A device that names no address means the one it signals from. */
function reachable(address: string, device: RegisteredDevice): string {
  return address === '' || address === '0.0.0.0' ? device.address : address;
}
