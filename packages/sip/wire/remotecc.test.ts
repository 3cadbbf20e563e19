import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Headers } from './headers.ts';
import { type BodyPart, formatMultipart } from './multipart.ts';
import { parseMessage } from './parse-message.ts';
import { formatCommands, formatRemoteccResponse, type RemoteccBody } from './remotecc-command.ts';
import {
  parseRemotecc,
  REMOTECC_DOCUMENT,
  REMOTECC_REQUEST,
  type RemoteccRequest,
} from './remotecc-request.ts';
import { decodeText, encodeText, rawText } from './text.ts';
import { childOf, childText, parseXml, type XmlElement } from './xml.ts';

/*
 * Goal: what enterprise phones ask is understood, and what they are told has the form that they know.
 * Method: messages in the form of public traces (fixtures/sip/seeds), and small ones.
 */

const DIALOG = { callId: 'a1@192.0.2.1', localTag: '1', remoteTag: '2' };

describe('what a phone asks', () => {
  test('Conference, with the call and the consultation', () => {
    expect(requestsIn('refer-conference')).toEqual([
      {
        type: 'softkey',
        key: 'Conference',
        dialog: DIALOG,
        consultation: { callId: 'b2@192.0.2.1', localTag: '3', remoteTag: '4' },
      },
    ]);
  });

  test('registration of all its lines, and what it can', () => {
    expect(requestsIn('register-enterprise')).toEqual([
      { type: 'register-all' },
      {
        type: 'options',
        options: {
          combineMax: 6,
          usages: [
            { event: 'dialog', usage: 'hook status', isUnsolicited: true, isSubscribed: true },
            { event: 'presence', usage: 'blf speed dial', isUnsolicited: true, isSubscribed: true },
          ],
          flags: ['joinreq'],
        },
      },
    ]);
  });

  test('what its user chose in a list: the numbers, then the words in a part of their own', () => {
    const request =
      '<x-cisco-remotecc-request><datapassthroughreq><applicationid>1</applicationid>' +
      '<transactionid>7</transactionid><confid>33</confid></datapassthroughreq></x-cisco-remotecc-request>';
    expect(requestsOf([REMOTECC_REQUEST, request], [REMOTECC_DOCUMENT, 'Update\r\n'])).toEqual([
      { type: 'data', applicationId: 1, transactionId: 7, conference: 33, data: 'Update' },
    ]);
    expect(requestsOf([REMOTECC_DOCUMENT, 'Update'])).toEqual([]);
  });

  test('keys without a call, keys in other letters, keys that nobody knows', () => {
    const key = (name: string, more = '') =>
      requestsOf([
        REMOTECC_REQUEST,
        `<x-cisco-remotecc-request><softkeyeventmsg><softkeyevent>${name}</softkeyevent>${more}` +
          '</softkeyeventmsg></x-cisco-remotecc-request>',
      ]);
    expect(key('HLog')).toEqual([{ type: 'softkey', key: 'HLog' }]);
    expect(key('rmlastconf')).toEqual([{ type: 'softkey', key: 'RmLastConf' }]);
    expect(key('Teleport')).toEqual([{ type: 'other', name: 'Teleport' }]);
    expect(key('Park', '<dialogid><callid>x</callid></dialogid>')).toEqual([
      { type: 'softkey', key: 'Park' },
    ]);
  });

  test('nothing in parts of other types; nothing that cannot be read', () => {
    expect(requestsOf(['application/sdp', 'v=0'])).toEqual([]);
    const bad = (text: string) => parseRemotecc(partOf(REMOTECC_REQUEST, text));
    expect(bad('<x-cisco-remotecc-request>')).toEqual({ ok: false, error: 'bad-xml' });
    expect(bad('<other/>')).toEqual({ ok: false, error: 'bad-xml' });
    expect(bad('<x-cisco-remotecc-request><linekeyeventmsg/></x-cisco-remotecc-request>')).toEqual({
      ok: true,
      value: [{ type: 'other', name: 'linekeyeventmsg' }],
    });
  });
});

describe('what a phone is told', () => {
  test('a line of text with display codes, as bytes (sip display codes)', () => {
    const text = `${rawText('\x80!')} 7001 <&>`;
    const body = formatCommands([{ type: 'status-line', text, seconds: 10, dialog: DIALOG }], 'x');
    expect(body.contentType).toBe(REMOTECC_REQUEST);
    expect(Buffer.from(body.body).includes(Buffer.from([0x80, 0x21, 0x20]))).toBe(true);
    const line = childOf(rootOf(body), 'statuslineupdatereq');
    expect(childText(line, 'statustext')).toBe(text);
    expect(childText(line, 'displaytimeout')).toBe('10');
    expect(childText(childOf(line, 'dialogid'), 'remotetag')).toBe('2');
  });

  test('several things in one body, a document in a part of its own type', () => {
    const list = '<CiscoIPPhoneIconFileMenu/>';
    const numbers = { applicationId: 1, transactionId: 7, conference: 33 };
    const { contentType, body } = formatCommands(
      [
        { type: 'tone', tone: 'DtZipZip', direction: 'user' },
        { type: 'document', ...numbers, document: list },
      ],
      '4fb2c1',
    );
    const headers = Headers.of([['Content-Type', contentType]]);
    const requests = parseRemotecc({ headers, body });
    expect(requests.ok && requests.value).toEqual([
      { type: 'other', name: 'playtonereq' },
      { type: 'data', ...numbers, data: list },
    ]);
  });

  test('lamps and forwarding of its lines', () => {
    const body = formatCommands(
      [
        {
          type: 'lines',
          lines: [
            {
              line: 1,
              messages: { unheard: 2, heard: 1 },
              forwardTo: '',
              forwardsToVoicemail: false,
            },
            {
              line: 2,
              messages: { unheard: 0, heard: 0 },
              forwardTo: '3000',
              forwardsToVoicemail: true,
            },
          ],
        },
      ],
      'x',
    );
    const [one, two] = childOf(rootOf(body), 'bulkupdate')?.children ?? [];
    expect(one?.attributes.get('line')).toBe('1');
    expect(childText(one, 'mwi')).toBe('yes');
    expect(childOf(childOf(one, 'emwi'), 'voice-msg')?.attributes.get('new')).toBe('2');
    expect(childText(two, 'mwi')).toBe('no');
    expect(childText(childOf(two, 'cfwdallupdate'), 'fwdaddress')).toBe('3000');
    expect(childText(childOf(two, 'cfwdallupdate'), 'tovoicemail')).toBe('on');
  });

  test.each([
    ['holdretrievereq', { type: 'retrieve', dialog: DIALOG }],
    ['hlogupdate', { type: 'hunt-groups', isLoggedIn: true }],
  ] as const)('%s', (name, command) => {
    expect(rootOf(formatCommands([command], 'x')).children.map((each) => each.name)).toEqual([
      name,
    ]);
  });

  test('that its registration was taken, with its own options back', () => {
    const asked = requestsIn('register-enterprise')[1];
    if (asked?.type !== 'options') throw new Error('no options');
    const answer = parseXml(formatRemoteccResponse(200, asked.options));
    const response = childOf(answer.ok ? answer.value : undefined, 'response');
    expect(childText(response, 'code')).toBe('200');
    const options = childOf(response, 'optionsind');
    expect(options?.children.map(({ name }) => name)).toEqual([
      'combine',
      'dialog',
      'presence',
      'joinreq',
    ]);
  });
});

function requestsIn(seed: string): readonly RemoteccRequest[] {
  const file = join(import.meta.dirname, '../../../fixtures/sip/seeds', `${seed}.sip`);
  const message = parseMessage(new Uint8Array(readFileSync(file)));
  const requests = message.ok ? parseRemotecc(message.value) : undefined;
  if (!requests?.ok) throw new Error(`${seed} cannot be read`);
  return requests.value;
}

function requestsOf(...parts: readonly (readonly [string, string])[]): readonly RemoteccRequest[] {
  const whole = formatMultipart(
    parts.map(([type, text]) => partOf(type, text)),
    'b0undary',
  );
  if (!whole.ok) throw new Error(whole.error);
  const { contentType, body } = whole.value;
  const requests = parseRemotecc({ headers: Headers.of([['Content-Type', contentType]]), body });
  if (!requests.ok) throw new Error(requests.error);
  return requests.value;
}

function partOf(type: string, text: string): BodyPart {
  return { headers: Headers.of([['Content-Type', type]]), body: encodeText(text) };
}

function rootOf({ body }: RemoteccBody): XmlElement {
  const root = parseXml(decodeText(body));
  if (!root.ok) throw new Error(root.error);
  return root.value;
}
