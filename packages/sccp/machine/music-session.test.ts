import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from '../wire/codec.ts';
import { DeviceType, MediaStatus } from '../wire/enumerations.ts';
import { FrameReader } from '../wire/frame-reader.ts';
import type { AnyMessage, BodyInput, MessageName } from '../wire/types.ts';
import {
  handleMusic,
  type MusicInput,
  type MusicOutput,
  type MusicSession,
  newMusicSession,
} from './music-session.ts';
import { deadlineOf } from './resource-session.ts';

/* Goal: a music server registers, starts and stops streams, and does nothing else. */

const VERSION = 20;
const CHANNEL = { conferenceId: 1001, callReference: 9, passThroughPartyId: 11 };
const G711 = { compressionType: 4, milliSecondPacketSize: 20 };
const REMOTE = { remoteIpAddr: '10.0.0.1', remotePortNumber: 4000 };
const KEY = {
  algorithmID: 1,
  keylen: 16,
  saltlen: 14,
  key: new Uint8Array(16).fill(1),
  salt: new Uint8Array(14).fill(2),
};

describe('registration', () => {
  test('as a music server, with its streams, announced once', () => {
    const server = new Server();
    expect(server.give({ type: 'connected' })).toMatchObject([
      {
        name: 'RegisterReq',
        body: {
          sid: { DeviceName: 'MOH-1' },
          deviceType: DeviceType.MusicOnHold,
          maxStreams: 50,
          protocolVer: VERSION,
        },
      },
    ]);
    expect(server.say('RegisterAck', { keepAliveInterval: 30, maxProtocolVer: 17 })).toEqual([
      { type: 'registered', version: 17 },
    ]);
    expect(server.say('CapabilitiesReq', {})).toMatchObject([
      {
        name: 'CapabilitiesRes',
        body: { caps: [{ payloadCapability: 4 }, { payloadCapability: 2 }] },
      },
      {
        name: 'MediaResourceNotification',
        body: { deviceType: DeviceType.MusicOnHold, numberOfInServiceStreams: 50 },
      },
    ]);
    expect(server.say('CapabilitiesReq', {})).toHaveLength(1);
    expect(deadlineOf(server.session)).toBe(30_000);
  });

  test('before it nothing is started, answered or warned of', () => {
    const server = new Server();
    server.give({ type: 'connected' });
    expect(server.say('StartMediaTransmission', { ...CHANNEL, ...G711, ...REMOTE })).toEqual([]);
    expect(server.give(started())).toEqual([]);
  });

  test('an alarm waits until the call manager listens, and is raised once', () => {
    const server = new Server();
    expect(server.give({ type: 'alarm', text: 'no file' })).toEqual([]);
    server.give({ type: 'connected' });
    server.say('RegisterAck', { keepAliveInterval: 30, maxProtocolVer: VERSION });
    expect(server.say('CapabilitiesReq', {}).map(nameOf)).toEqual([
      'CapabilitiesRes',
      'MediaResourceNotification',
      'Alarm',
    ]);
    expect(server.say('CapabilitiesReq', {}).map(nameOf)).toEqual(['CapabilitiesRes']);
  });

  test.each<[string, MusicInput, readonly string[]]>([
    ['the connection is gone', { type: 'disconnected' }, ['end-streams']],
    ['goodbye', { type: 'unregister' }, ['UnregisterReq', 'end-streams', 'close']],
    ['Reset', message('Reset', { resetType: 1 }), ['end-streams', 'close']],
  ])('its end ends every stream, once: %s', (_, input, expected) => {
    const server = registered();
    expect(server.give(input).map(nameOf).toSorted()).toEqual([...expected].toSorted());
    expect(server.give({ type: 'disconnected' })).toEqual([]);
    expect(server.say('StopMediaTransmission', CHANNEL)).toEqual([]);
  });
});

describe('streams', () => {
  test.each([
    ['µ-law', 4, 0],
    ['A-law', 2, 8],
  ])('%s in clear', (_, compressionType, payloadType) => {
    const body = { ...CHANNEL, ...G711, ...REMOTE, compressionType };
    expect(registered().say('StartMediaTransmission', body)).toEqual([
      {
        type: 'start-transmit',
        ...CHANNEL,
        payloadType,
        packetMs: 20,
        remote: { address: '10.0.0.1', port: 4000 },
      },
    ]);
  });

  test('SRTP with the key of this stream', () => {
    const body = { ...CHANNEL, ...G711, ...REMOTE, mTxMediaEncryptionKeyInfo: KEY };
    expect(registered().say('StartMediaTransmission', body)).toMatchObject([
      {
        type: 'start-transmit',
        key: { suite: 'AES_CM_128_HMAC_SHA1_32', key: KEY.key, salt: KEY.salt },
      },
    ]);
  });

  test.each<[string, object, MediaStatus]>([
    ['another codec', { compressionType: 11 }, MediaStatus.InvalidCodec],
    ['G.722', { compressionType: 6 }, MediaStatus.InvalidCodec],
    ['another packet time', { milliSecondPacketSize: 30 }, MediaStatus.InvalidPacketSize],
    [
      'a cipher nobody has: never in clear instead',
      { mTxMediaEncryptionKeyInfo: { ...KEY, algorithmID: 6 } },
      MediaStatus.EncoderOrDecoderFailed,
    ],
    ['nowhere', { remotePortNumber: 0 }, MediaStatus.Unknown],
  ])('%s is refused', (_, change, mediaTransmissionStatus) => {
    const body = { ...CHANNEL, ...G711, ...REMOTE, ...change };
    expect(registered().say('StartMediaTransmission', body)).toMatchObject([
      {
        name: 'StartMediaTransmissionAck',
        body: { passThroughPartyId: 11, mediaTransmissionStatus },
      },
    ]);
  });

  test('the end of one', () => {
    expect(registered().say('StopMediaTransmission', CHANNEL)).toEqual([
      { type: 'stop-transmit', ...CHANNEL },
    ]);
  });

  test('music never listens: who asks it to is refused', () => {
    expect(registered().say('OpenReceiveChannel', { ...CHANNEL, ...G711 })).toMatchObject([
      {
        name: 'OpenReceiveChannelAck',
        body: { mediaReceptionStatus: MediaStatus.NotEnoughChannels, passThroughPartyId: 11 },
      },
    ]);
  });

  test('what is for bridges is ignored and counted', () => {
    const server = registered();
    expect(server.say('CreateConferenceReq', { conferenceId: 7 })).toEqual([]);
    expect(server.say('DisplayText', { text: 'x' })).toEqual([]);
    expect(server.session.ignored).toBe(2);
  });

  test('answers and alarms', () => {
    const server = registered();
    expect(server.give(started())).toMatchObject([
      { name: 'StartMediaTransmissionAck', body: { mediaTransmissionStatus: 0, portNumber: 5000 } },
    ]);
    expect(server.give({ type: 'alarm', text: 'no file' })).toMatchObject([
      { name: 'Alarm', body: { text: 'no file' } },
    ]);
  });
});

class Server {
  session: MusicSession = newMusicSession(
    { name: 'MOH-1', address: '127.0.0.1', streamsMax: 50, protocolVersion: VERSION },
    0,
  );

  give(input: MusicInput): readonly MusicOutput[] {
    const { session, outputs } = handleMusic(this.session, input, 0);
    this.session = session;
    for (const output of outputs) {
      if (output.type === 'send') encodeMessage(output.name, output.body as never, VERSION);
    }
    return outputs;
  }

  say<N extends MessageName>(name: N, body: BodyInput<N>): readonly MusicOutput[] {
    return this.give(message(name, body));
  }
}

function registered(): Server {
  const server = new Server();
  server.give({ type: 'connected' });
  server.say('RegisterAck', { keepAliveInterval: 30, maxProtocolVer: VERSION });
  server.say('CapabilitiesReq', {});
  return server;
}

function started(): MusicInput {
  return { type: 'transmit-started', ...CHANNEL, status: 0, address: '127.0.0.1', port: 5000 };
}

/** As it comes off the wire. */
function message<N extends MessageName>(name: N, body: BodyInput<N>): MusicInput {
  const read = new FrameReader().push(encodeMessage(name, body, VERSION));
  const frame = read.ok ? read.value[0] : undefined;
  const decoded = frame && decodeMessage(frame, VERSION);
  if (!decoded?.ok) throw new Error(`${name} is decoded`);
  return { type: 'message', message: decoded.value as AnyMessage };
}

function nameOf(output: MusicOutput): string {
  return output.type === 'send' ? output.name : output.type;
}
