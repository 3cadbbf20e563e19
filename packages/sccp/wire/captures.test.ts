import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from './codec.ts';
import { type Frame, FrameReader } from './frame-reader.ts';
import type { AnyMessage, MessageName } from './types.ts';

/*
 * Goal: frames exchanged with a server that others wrote decode, and what we make of them encodes to
 * the same bytes where that server uses the layout of our table. Method: captures in fixtures/sccp,
 * segment by segment as TCP brought them.
 */

const FOLDER = new URL('../../../fixtures/sccp/', import.meta.url);

const FILES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.hex'))
  .map((name) => [name, Number(/v(\d+)\.hex$/.exec(name)?.[1])] as const);

/** What the peers send otherwise than we do, and why our bytes are right all the same. */
const DIFFERENCES: { readonly [N in MessageName]?: string } = {
  RegisterReq: 'the scripted phone leaves the last tail away; we always write it',
  ButtonTemplateReq: 'the scripted phone appends a word',
  ButtonTemplateRes: 'room for 56 buttons instead of 42; unused ones say so, uncounted',
  SoftKeyTemplateRes: 'room for 64 keys instead of 32',
  UserToDeviceDataVersion1: 'the data is followed by a NUL that is not counted',
  ForwardStatRes: 'a word is appended',
  DialedNumber: 'a word is appended, below version 18',
  StopTone: 'the word of version 11 is appended in version 3',
  OpenReceiveChannel:
    'version 3 appends fields of later ones; versions 17 and 20 leave a tail away',
  StartMediaTransmission: 'a word is appended, below version 15',
};

describe.each(FILES)('%s', (file, negotiated) => {
  const captured = framesIn(file);

  test('every frame is a message of the table and decodes', () => {
    expect(captured.length).toBeGreaterThan(70);
    for (const frame of captured) expect(messageOf(frame, negotiated).name).not.toBe('Unknown');
  });

  test('what we decode encodes to the same header and bytes', () => {
    const different = new Set<string>();
    for (const frame of captured) {
      const message = known(messageOf(frame, negotiated));
      const again = encodedAgain(message, negotiated);
      expect([message.name, again.version]).toEqual([message.name, frame.version]);
      if (!Buffer.from(again.payload).equals(frame.payload)) different.add(message.name);
    }
    expect([...different].filter((name) => !(name in DIFFERENCES))).toEqual([]);
  });

  test('where bytes differ, decoding ours gives the same fields', () => {
    for (const frame of captured) {
      const message = known(messageOf(frame, negotiated));
      const again = known(messageOf(encodedAgain(message, negotiated), negotiated));
      expect(again).toMatchObject(message);
    }
  });

  test('the layout is that of the header: without the negotiated version all reads the same', () => {
    for (const frame of captured) {
      expect(decodeMessage(frame)).toEqual(decodeMessage(frame, negotiated));
    }
  });
});

test('every difference that is listed is there', () => {
  const different = new Set<string>();
  for (const [file, negotiated] of FILES) {
    for (const frame of framesIn(file)) {
      const message = known(messageOf(frame, negotiated));
      const again = encodedAgain(message, negotiated);
      if (!Buffer.from(again.payload).equals(frame.payload)) different.add(message.name);
    }
  }
  expect([...different].sort()).toEqual(Object.keys(DIFFERENCES).sort());
});

describe('what the captures say', () => {
  test('a phone registers with all that it tells of itself', () => {
    const [register] = bodiesOf('chansccp-v17.hex', 17, 'RegisterReq');
    expect(register).toMatchObject({
      sid: { DeviceName: 'SEP000000001001', instance: 1 },
      stationIpAddr: '127.0.0.1',
      deviceType: 436,
      maxStreams: 5,
      protocolVer: 17,
      phoneFeatures: 0x8572,
      maxNumberOfLines: 2,
      firmwareLoadName: 'SCCP45.9-4-2SR3-1S',
    });
  });

  test.each([
    ['chansccp-v3.hex', 3, 38_963],
    ['chansccp-v11.hex', 11, 48_690],
    ['chansccp-v17.hex', 17, 60_212],
    ['chansccp-v22.hex', 22, 44_804],
  ] as const)('%s: the address and port of the phone are read', (file, version, port) => {
    const [ack] = bodiesOf(file, version, 'OpenReceiveChannelAck');
    expect(ack).toMatchObject({ mediaReceptionStatus: 0, ipAddr: '127.0.0.1', portNumber: port });
  });

  test('display codes survive, and names of dynamic messages end where they end', () => {
    const prompts = bodiesOf('chansccp-v20.hex', 20, 'DisplayPromptStatusV2');
    expect(prompts.map((body) => (body as { promptStatus: string }).promptStatus)).toContain(
      '\x80\x20',
    );
    const [info] = bodiesOf('chansccp-v20.hex', 20, 'CallInfoV2');
    expect(info).toMatchObject({ callingParty: '1001', callingPartyName: 'User 1001' });
  });
});

function framesIn(file: string): readonly Frame[] {
  const readers = new Map<string, FrameReader>();
  const frames: Frame[] = [];
  for (const line of readFileSync(new URL(file, FOLDER), 'utf8').split('\n')) {
    const [connection = '', sender = '', hex = ''] = line.split(' ');
    if (connection === '#' || hex === '') continue;
    const key = `${connection} ${sender}`;
    const reader = readers.get(key) ?? new FrameReader();
    readers.set(key, reader);
    const read = reader.push(Buffer.from(hex, 'hex'));
    if (!read.ok) throw new Error(`${file}: ${read.error}`);
    frames.push(...read.value);
  }
  for (const reader of readers.values()) expect(reader.heldBytes).toBe(0);
  return frames;
}

function messageOf(frame: Frame, negotiated: number): AnyMessage {
  const decoded = decodeMessage(frame, negotiated);
  if (!decoded.ok) throw new Error(`${decoded.error}: ${decoded.detail}`);
  return decoded.value;
}

function known(message: AnyMessage): Exclude<AnyMessage, { name: 'Unknown' }> {
  if (message.name === 'Unknown') throw new Error(`identifier ${message.id}`);
  return message;
}

function encodedAgain(message: { name: MessageName; body: object }, negotiated: number): Frame {
  const read = new FrameReader().push(
    encodeMessage(message.name, message.body as never, negotiated),
  );
  if (!read.ok || !read.value[0]) throw new Error('not a frame');
  return read.value[0];
}

function bodiesOf(file: string, negotiated: number, name: MessageName): readonly object[] {
  return framesIn(file)
    .map((frame) => known(messageOf(frame, negotiated)))
    .filter((message) => message.name === name)
    .map((message) => message.body);
}
