/** What the rules want a phone to show, as SCCP messages. */

import { unreachable } from '@conclave/base';
import type {
  Level,
  PhoneEffect,
  ShownCallState,
  ShownParty,
  SoftkeySet,
  Tone,
} from '@conclave/core';
import { type BodyInput, type MessageName, utf8ToWire, validKeyMask } from '@conclave/sccp';
import { CONFERENCE_NAME, ENGLISH, type Phrases } from '../locale/phrases.ts';
import { conferenceListXml, LIST_APPLICATION_ID, type ListPlace } from './conference-list-xml.ts';
import { eventOfSoftkey } from './sccp-softkeys.ts';

export type Outgoing = {
  [N in MessageName]: { readonly name: N; readonly body: BodyInput<N> };
}[MessageName];

/** From this version on phones take the messages with strings of any length [observed]. */
const DYNAMIC_VERSION = 11;

const CALL_STATES: Record<ShownCallState, number> = {
  'off-hook': 1,
  'on-hook': 2,
  'ring-out': 3,
  'ring-in': 4,
  connected: 5,
  busy: 6,
  congestion: 7,
  hold: 8,
  proceed: 12,
  'invalid-number': 14,
  transfer: 10,
  park: 11,
  'remote-in-use': 13,
};

const SETS: Record<SoftkeySet, number> = {
  'on-hook': 0,
  connected: 1,
  'on-hold': 2,
  'ring-in': 3,
  'off-hook': 4,
  'digits-follow': 6,
  'connected-conference': 7,
  'ring-out': 8,
  'off-hook-feature': 9,
  'connected-transfer': 5,
  'remote-in-use': 10,
};

const TONES: Record<Tone, number> = {
  dial: 33,
  alerting: 36,
  busy: 35,
  reorder: 37,
  hold: 53,
  zip: 50,
  'zip-zip': 49,
  'beep-bonk': 51,
  secure: 57,
  nonsecure: 73,
};

const LAMPS = { off: 1, on: 2, wink: 3, blink: 5 } as const;

const STIMULUS_LINE = 9;

const RING_OFF = 1;
const RING_INSIDE = 2;

const CALL_INBOUND = 1;
const CALL_OUTBOUND = 2;

/** Security of a call as phones are told it: unknown is shown as not authenticated (D-08). */
const SECURITY: Record<Level, number> = {
  unknown: 1,
  nonsecure: 1,
  authenticated: 2,
  encrypted: 3,
};

/** Level 0 of the wire: this phone is told nothing (PHN-08). */
const SECURITY_UNTOLD = 0;

/** Data of one XML message is at most this long (sip-phones.md §1.6). */
const DATA_MAX = 2000;

const SEQUENCE = { first: 0, more: 1, last: 2 } as const;

/** The phone that is to show it. */
export interface Shown {
  readonly version: number;
  /** Names a list on this phone. */
  readonly transaction: number;
  readonly phrases?: Phrases;
}

/** The messages for one effect, in order. */
export function phoneMessages(
  effect: PhoneEffect,
  { version, transaction, phrases = ENGLISH }: Shown,
): readonly Outgoing[] {
  switch (effect.type) {
    case 'call-state':
      return [message('CallState', { callState: CALL_STATES[effect.state], ...callOf(effect) })];
    case 'call-info':
      return [callInfo(effect, version)];
    case 'softkeys': {
      const set = SETS[effect.set];
      const without = effect.without.map(eventOfSoftkey);
      return [
        message('SelectSoftKeys', {
          ...callOf(effect),
          softKeySetIndex: set,
          validKeyMask: validKeyMask(set, without),
        }),
      ];
    }
    case 'prompt': {
      const promptStatus = phrases.texts[effect.text] + (effect.number ?? '');
      const body = { timeOutValue: effect.timeoutSeconds, promptStatus, ...callOf(effect) };
      return version >= DYNAMIC_VERSION
        ? [message('DisplayPromptStatusV2', body)]
        : [message('DisplayPromptStatus', body)];
    }
    case 'clear-prompt':
      return [message('ClearPromptStatus', callOf(effect))];
    case 'notify': {
      const body = {
        timeOutValue: effect.timeoutSeconds,
        notify: phrases.texts[effect.text] + (effect.number ?? ''),
      };
      return version >= DYNAMIC_VERSION
        ? [message('DisplayNotifyV2', body)]
        : [message('DisplayNotify', body)];
    }
    case 'tone':
      return [message('StartTone', { tone: TONES[effect.tone], ...callOf(effect) })];
    case 'selected':
      return [
        message('CallSelectStatRes', {
          callSelectStat: effect.selected ? 1 : 0,
          ...callOf(effect),
        }),
      ];
    case 'stop-tone':
      return [message('StopTone', callOf(effect))];
    case 'ringer':
      return [
        message('SetRinger', {
          ringMode: effect.ringing ? RING_INSIDE : RING_OFF,
          ringDuration: 1,
          ...callOf(effect),
        }),
      ];
    case 'lamp':
      return [
        message('SetLamp', {
          stimulus: STIMULUS_LINE,
          stimulusInstance: effect.line,
          lampMode: LAMPS[effect.mode],
        }),
      ];
    case 'speaker':
      return [message('SetSpeakerMode', { speakerMode: effect.on ? 1 : 2 })];
    case 'dialed-number':
      return [message('DialedNumber', { dialedNumber: effect.number, ...callOf(effect) })];
    case 'conference-list':
      return listMessages(effect, { transaction, words: phrases.list });
    default:
      return unreachable(effect);
  }
}

function message<N extends MessageName>(name: N, body: BodyInput<N>): Outgoing {
  return { name, body } as Outgoing;
}

function callOf(effect: { readonly line: number; readonly leg: number }): {
  lineInstance: number;
  callReference: number;
} {
  return { lineInstance: effect.line, callReference: effect.leg };
}

function callInfo(effect: Extract<PhoneEffect, { type: 'call-info' }>, version: number): Outgoing {
  const called = effect.conference ? { ...effect.called, name: CONFERENCE_NAME } : effect.called;
  const body = {
    ...callOf(effect),
    callType: effect.direction === 'inbound' ? CALL_INBOUND : CALL_OUTBOUND,
    callInstance: 1,
    callSecurityStatus: effect.level === undefined ? SECURITY_UNTOLD : SECURITY[effect.level],
    callingParty: effect.calling.number,
    callingPartyName: nameOf(effect.calling),
    calledParty: called.number,
    calledPartyName: effect.conference ? called.name : nameOf(called),
    originalCalledParty: called.number,
    originalCalledPartyName: effect.conference ? called.name : nameOf(called),
  };
  return version >= DYNAMIC_VERSION ? message('CallInfoV2', body) : message('CallInfo', body);
}

function nameOf(party: ShownParty): string {
  return utf8ToWire(party.name);
}

/** The document in pieces that fit, marked first, more, last. */
function listMessages(
  effect: Extract<PhoneEffect, { type: 'conference-list' }>,
  place: Omit<ListPlace, 'line'>,
): readonly Outgoing[] {
  const data = utf8ToWire(conferenceListXml(effect.list, { ...place, line: effect.line }));
  const count = Math.ceil(data.length / DATA_MAX);
  return Array.from({ length: count }, (_, index) => {
    const xmldata = data.slice(index * DATA_MAX, (index + 1) * DATA_MAX);
    return message('UserToDeviceDataVersion1', {
      userToDeviceDataVersion1: {
        applicationId: LIST_APPLICATION_ID,
        lineInstance: effect.line,
        callReference: effect.leg,
        transactionId: place.transaction,
        dataLength: xmldata.length,
        sequenceFlag:
          index === count - 1 ? SEQUENCE.last : index === 0 ? SEQUENCE.first : SEQUENCE.more,
        displayPriority: 2,
        conferenceId: effect.list.conference,
        appInstanceID: 0,
        routingID: 0,
        xmldata,
      },
    });
  });
}
