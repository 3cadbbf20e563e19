import type {
  AnnounceEffect,
  BridgeEffect,
  MediaEffect,
  PhoneEffect,
  ShownCallState,
  SoftkeySet,
  Tone,
} from '@conclave/core';
import { encodeMessage, toneOfAnnouncement } from '@conclave/sccp';
import { type Dissection, dissect, hasTshark } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import { KeyVault } from '../key-vault.ts';
import { ENGLISH } from '../locale/phrases.ts';
import { announcementMessages, bridgeMessage, mediaMessage } from './sccp-media.ts';
import { type Outgoing, phoneMessages } from './sccp-phone.ts';

/*
 * Goal: whatever the rules can ask for goes out as messages that an analyser reads without complaint, and
 * under the name that is meant. Method: every effect with every value that it can have, in versions of old
 * and new phones.
 */

const VERSIONS = [3, 10, 17, 20, 22] as const;

const at = { device: 'P1', leg: 77, line: 1 } as const;

const STATES: Readonly<Record<ShownCallState, string>> = {
  'off-hook': 'OffHook',
  'on-hook': 'OnHook',
  proceed: 'Proceed',
  'ring-out': 'RingOut',
  'ring-in': 'RingIn',
  connected: 'Connected',
  busy: 'Busy',
  congestion: 'Congestion',
  'invalid-number': 'InvalidNumber',
  transfer: 'CallTransfer',
  park: 'CallPark',
  'remote-in-use': 'CallRemoteMultiline',
  hold: 'Hold',
};

const SETS: Readonly<Record<SoftkeySet, string>> = {
  'on-hook': 'On Hook',
  'off-hook': 'Off Hook',
  'digits-follow': 'Digits Following',
  'ring-out': 'Ring Out',
  'ring-in': 'Ring In',
  connected: 'Connected',
  'on-hold': 'On Hold',
  'off-hook-feature': 'OffHook with Features',
  'connected-conference': 'Connected Conference',
  'connected-transfer': 'Connected Transferable',
  'remote-in-use': 'In Use Hint',
};

const TONES: Readonly<Record<Tone, string>> = {
  dial: 'InsideDialTone',
  alerting: 'AlertingTone',
  busy: 'LineBusyTone',
  reorder: 'ReorderTone',
  hold: 'HoldTone',
  zip: 'Zip',
  'zip-zip': 'ZipZip',
  'beep-bonk': 'BeepBonk',
  secure: 'SecureWarningTone',
  nonsecure: 'NonSecureWarningTone',
};

describe.skipIf(!hasTshark)('an analyser calls by the name that is meant', () => {
  test.each(VERSIONS)('call states, version %i', (version) => {
    const states = keysOf(STATES).map((state) => ({ ...at, type: 'call-state', state }) as const);
    expect(shownIn(states, 'callState', version)).toEqual(Object.values(STATES));
  });

  test('sets of softkeys', () => {
    const sets = keysOf(SETS).map(
      (set) => ({ ...at, type: 'softkeys', set, without: [] }) as const,
    );
    expect(shownIn(sets, 'softKeySetIndex', 20)).toEqual(Object.values(SETS));
  });

  test('tones', () => {
    const tones = keysOf(TONES).map((tone) => ({ ...at, type: 'tone', tone }) as const);
    expect(shownIn(tones, 'tone', 20)).toEqual(Object.values(TONES));
  });
});

describe.skipIf(!hasTshark).each(VERSIONS)('version %i', (version) => {
  test('nothing of what phones are shown is malformed or unknown', () => {
    const messages = phoneEffects().flatMap((effect) =>
      phoneMessages(effect, { version, transaction: 5 }),
    );
    expect(complaints(messages, version)).toEqual([]);
  });

  test('nothing of media and bridges is malformed or unknown', () => {
    const vault = new KeyVault((size) => new Uint8Array(size).fill(7));
    const messages = [
      ...mediaEffects().map((effect) => mediaMessage(effect, vault)),
      ...BRIDGE_EFFECTS.map(bridgeMessage),
    ];
    expect(complaints(messages, version)).toEqual([]);
  });
});

test('a prompt ends with its number, for parking and for barging', () => {
  for (const [text, number] of [
    ['parked-at', '7101'],
    ['to-barge', '1001'],
  ] as const) {
    const effect = { ...at, type: 'prompt', text, number, timeoutSeconds: 0 } as const;
    const [message] = phoneMessages(effect, { version: 20, transaction: 5 });
    expect(message?.body).toMatchObject({ promptStatus: `${ENGLISH.texts[text]}${number}` });
  }
});

test('what is too long for one message is said whole, in order, to everybody', () => {
  const messages = announcementMessages(ROSTER);
  for (const leg of ROSTER.legs) {
    const heard = messages.flatMap(({ body }) =>
      'AnnList' in body && body.matrixConfPartyID?.includes(leg) ? (body.AnnList ?? []) : [],
    );
    expect(heard.map(({ toneAnnouncement }) => toneAnnouncement)).toEqual(
      ROSTER.announcements.map(toneOfAnnouncement),
    );
  }
});

test('the audit of media asks for the party, which the answer gives back', () => {
  const effect = { type: 'audit-media', end: END } as const;
  const message = mediaMessage(effect, new KeyVault((size) => new Uint8Array(size).fill(7)));
  expect(message).toMatchObject({
    name: 'ConnectionStatisticsReq',
    body: { callReference: END.party },
  });
});

const END = { device: 'P1', kind: 'built-in-bridge', leg: 77, conference: 77, party: 9 } as const;

const EXTENSION = ['digit-2', 'digit-0', 'digit-0', 'digit-1'] as const;

/** More than one message can name, of both: 42 clips for 20 legs. */
const ROSTER: AnnounceEffect = {
  type: 'announce',
  bridge: 'B',
  conference: 9,
  legs: Array.from({ length: 20 }, (_, index) => index + 1),
  announcements: [
    'digit-8',
    'participants',
    ...Array.from({ length: 8 }, () => [...EXTENSION, 'party-encrypted'] as const).flat(),
  ],
};

const BRIDGE_EFFECTS: readonly BridgeEffect[] = [
  { type: 'create-conference', bridge: 'B', conference: 9, parties: 4 },
  {
    type: 'add-participant',
    bridge: 'B',
    conference: 9,
    leg: 77,
    name: 'Ada',
    number: '1001',
  },
  { type: 'drop-participant', bridge: 'B', conference: 9, leg: 77 },
  { type: 'audit-participants', bridge: 'B', conference: 9 },
  { type: 'delete-conference', bridge: 'B', conference: 9 },
];

function mediaEffects(): readonly Exclude<MediaEffect, { type: 'forget-key' }>[] {
  const remote = { host: '10.0.0.1', port: 20_000 };
  const formats = [
    { codec: 'pcmu', packetMs: 20 },
    { codec: 'pcma', packetMs: 20, suite: 'AES_CM_128_HMAC_SHA1_80', key: 1 },
  ] as const;
  return [
    ...formats.flatMap((format) => [
      { type: 'open-receive', end: END, from: END, format, source: '10.0.0.2' } as const,
      { type: 'start-transmit', end: END, format, remote } as const,
    ]),
    { type: 'close-receive', end: END },
    { type: 'stop-transmit', end: END },
    { type: 'audit-media', end: END },
  ];
}

function phoneEffects(): readonly PhoneEffect[] {
  const party = { name: 'Zoë', number: '1001' };
  const info = { ...at, type: 'call-info', calling: party, called: party } as const;
  const levels = ['unknown', 'nonsecure', 'authenticated', 'encrypted'] as const;
  const number = '7101';
  const timeoutSeconds = 5;
  return [
    { ...info, direction: 'outbound', conference: false },
    ...levels.map(
      (level) =>
        ({ ...info, direction: 'inbound', conference: level === 'encrypted', level }) as const,
    ),
    ...keysOf(SETS).map(
      (set) => ({ ...at, type: 'softkeys', set, without: ['barge', 'cbarge', 'join'] }) as const,
    ),
    ...keysOf(ENGLISH.texts).flatMap(
      (text) =>
        [
          { ...at, type: 'prompt', text, number, timeoutSeconds },
          { type: 'notify', device: at.device, text, number, timeoutSeconds },
        ] as const,
    ),
    ...[true, false].flatMap(
      (on) =>
        [
          { ...at, type: 'selected', selected: on },
          { ...at, type: 'ringer', ringing: on },
          { ...at, type: 'speaker', on },
        ] as const,
    ),
    ...(['off', 'on', 'blink', 'wink'] as const).map(
      (mode) => ({ ...at, type: 'lamp', mode }) as const,
    ),
    { ...at, type: 'clear-prompt' },
    { ...at, type: 'stop-tone' },
    { ...at, type: 'dialed-number', number },
    { ...at, type: 'conference-list', list: LIST },
  ];
}

/** Short: of a document in pieces no piece is one, and an analyser that reads XML says so. */
const LIST: Extract<PhoneEffect, { type: 'conference-list' }>['list'] = {
  conference: 9,
  level: 'nonsecure',
  because: 'One party is nonsecure.',
  mayRemove: true,
  rows: [true, false].map((conference, index) => ({
    leg: index + 1,
    conference,
    name: 'Zoë',
    number: '1001',
    level: 'nonsecure',
    held: index === 0,
    controller: index === 1,
  })),
};

/** What tshark does not like, with the name of the message. */
function complaints(messages: readonly Outgoing[], version: number): readonly string[] {
  return read(messages, version).flatMap((shown, index) => {
    const unknown = shown.fields.filter((each) => /unknown \(/i.test(each.text) && !isUntold(each));
    const name = messages[index]?.name ?? '';
    const isNamed = shown.message.startsWith(`Message ID: ${name} (`);
    return isNamed && shown.expert.length === 0 && unknown.length === 0
      ? []
      : [`${name}: ${shown.message} ${shown.expert} ${unknown.map(({ text }) => text)}`];
  });
}

/** No level is told before a call is connected, and no bit rate with a codec that has but one. */
function isUntold({ text }: Dissection['fields'][number]): boolean {
  return /^(?:callSecurityStatus|g723BitRate): Unknown \(0x0+\)/.test(text);
}

function read(messages: readonly Outgoing[], version: number): readonly Dissection[] {
  return dissect(
    messages.map(({ name, body }) => ({
      name,
      bytes: encodeMessage(name, body as never, version),
    })),
  );
}

/** What an analyser calls the field in each of them, without the number in brackets. */
function shownIn(
  effects: readonly PhoneEffect[],
  field: string,
  version: number,
): readonly (string | undefined)[] {
  const messages = effects.flatMap((effect) => phoneMessages(effect, { version, transaction: 5 }));
  return read(messages, version).map(({ fields }) =>
    fields
      .find(({ name }) => name === field)
      ?.text.replace(`${field}: `, '')
      .replace(/ \(.*\)$/, ''),
  );
}

function keysOf<K extends string>(table: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(table) as K[];
}
