import { describe, expect, test } from 'vitest';
import { MediaStatus } from '../wire/enumerations.ts';
import { FakeLine, IDENTITY, messageOf } from './phone-fake-line.ts';

/*
 * Goal: a phone opens the media that it is asked for, in both generations of the protocol, and refuses
 * what it cannot open; it never opens less protection than was asked for. Method: the pure session.
 */

describe('media', () => {
  test.each([3, 11, 17, 22])('version %i: what is asked for is opened, and answered', (version) => {
    const line = new FakeLine({ ...IDENTITY, protocolVersion: version });
    line.connect();
    const names = { conferenceId: 5, passThroughPartyId: 6, callReference: 7 };
    const channel = { conference: 5, party: 6, call: 7 };
    line.hear('OpenReceiveChannel', {
      ...names,
      milliSecondPacketSize: 20,
      compressionType: 4,
      mRxMediaEncryptionKeyInfo: keyInfo(1),
    });
    expect(line.told('open-receive')).toMatchObject([
      { request: { ...channel, codec: 'pcmu', key: { suite: 'AES_CM_128_HMAC_SHA1_32' } } },
    ]);
    const endpoint = { address: '10.0.0.7', port: 20_000 };
    line.input({ type: 'receive-opened', channel, endpoint });
    expect(line.sentOf('OpenReceiveChannelAck')).toMatchObject([
      { mediaReceptionStatus: 0, ipAddr: '10.0.0.7', portNumber: 20_000, passThroughPartyId: 6 },
    ]);
    line.hear('StartMediaTransmission', {
      ...names,
      remoteIpAddr: '10.0.0.9',
      remotePortNumber: 30_000,
      milliSecondPacketSize: 20,
      compressionType: 2,
    });
    expect(line.told('start-transmit')).toMatchObject([
      { request: { ...channel, codec: 'pcma', remote: { address: '10.0.0.9', port: 30_000 } } },
    ]);
    line.input({ type: 'transmit-started', channel, endpoint });
    expect(line.sentOf('StartMediaTransmissionAck')).toHaveLength(version >= 17 ? 1 : 0);
    line.hear('CloseReceiveChannel', names);
    line.hear('StopMediaTransmission', names);
    expect(line.told('close-receive')).toEqual([{ type: 'close-receive', channel }]);
    expect(line.told('stop-transmit')).toEqual([{ type: 'stop-transmit', channel }]);
  });

  test.each([
    ['G.729', { compressionType: 11 }, {}, MediaStatus.InvalidCodec],
    ['25 ms', { milliSecondPacketSize: 25 }, {}, MediaStatus.InvalidPacketSize],
    ['GCM', {}, keyInfo(5), MediaStatus.EncoderOrDecoderFailed],
    ['a key without salt', {}, { ...keyInfo(1), salt: bytes(0), saltlen: 0 }, 9],
    ['a short key', {}, { ...keyInfo(1), key: bytes(8), keylen: 8 }, 9],
    ['an MKI', {}, { ...keyInfo(1), isMKIPresent: 1 }, 9],
    ['a key derivation rate', {}, { ...keyInfo(1), keyDerivationRate: 24 }, 9],
  ])(
    '%s is refused with a status, in both directions and never weaker',
    (_, format, key, status) => {
      const line = new FakeLine(IDENTITY);
      line.connect();
      const body = { milliSecondPacketSize: 20, compressionType: 4, ...format };
      line.hear('OpenReceiveChannel', { ...body, mRxMediaEncryptionKeyInfo: key });
      line.hear('StartMediaTransmission', { ...body, mTxMediaEncryptionKeyInfo: key });
      expect(line.told('open-receive')).toEqual([]);
      expect(line.told('start-transmit')).toEqual([]);
      expect(line.told('media-refused')).toHaveLength(2);
      expect(line.sentOf('OpenReceiveChannelAck')).toMatchObject([
        { mediaReceptionStatus: status, portNumber: 0 },
      ]);
      expect(line.sentOf('StartMediaTransmissionAck')).toMatchObject([
        { mediaTransmissionStatus: status },
      ]);
    },
  );

  test('an old phone only speaks of a transmission that fails', () => {
    const line = new FakeLine({ ...IDENTITY, protocolVersion: 11 });
    line.connect();
    const channel = { conference: 5, party: 6, call: 7 };
    line.input({ type: 'transmit-failed', channel });
    expect(line.sentOf('MediaTransmissionFailure')).toMatchObject([
      { conferenceId: 5, passThroughPartyId: 6, callReference: 7 },
    ]);
    line.input({ type: 'receive-failed', channel });
    expect(line.sentOf('OpenReceiveChannelAck')).toMatchObject([
      { mediaReceptionStatus: MediaStatus.OutOfSockets },
    ]);
  });

  test('keys are copies: wiping the message does not wipe the request', () => {
    const line = new FakeLine(IDENTITY);
    line.connect();
    const key = keyInfo(2);
    const message = messageOf('OpenReceiveChannel', {
      milliSecondPacketSize: 20,
      compressionType: 4,
      mRxMediaEncryptionKeyInfo: key,
    });
    line.input({ type: 'message', message });
    if (message.name === 'OpenReceiveChannel') message.body.mRxMediaEncryptionKeyInfo.key.fill(0);
    expect(line.told('open-receive')).toMatchObject([
      { request: { key: { suite: 'AES_CM_128_HMAC_SHA1_80', key: key.key, salt: key.salt } } },
    ]);
  });

  test.each([17, 18])('version %i: statistics are answered by the numbers given', (version) => {
    const line = new FakeLine({ ...IDENTITY, protocolVersion: version });
    line.connect();
    line.hear('ConnectionStatisticsReq', { directoryNum: '1001', callReference: 7 });
    const [asked] = line.told('statistics-asked');
    if (asked?.type !== 'statistics-asked') throw new Error('it was asked');
    const counters = {
      packetsSent: 1,
      octetsSent: 160,
      packetsReceived: 2,
      octetsReceived: 320,
      packetsLost: 3,
      jitterMs: 4,
    };
    line.input({ type: 'statistics', asked: asked.asked, counters });
    expect(line.sentOf('ConnectionStatisticsRes')).toMatchObject([
      { directoryNum: '1001', callReference: 7, numberPacketsLost: 3, jitter: 4 },
    ]);
  });
});

function keyInfo(algorithmID: number): {
  readonly algorithmID: number;
  readonly keylen: number;
  readonly saltlen: number;
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
} {
  return { algorithmID, keylen: 16, saltlen: 14, key: bytes(16), salt: bytes(14) };
}

function bytes(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => index + 1);
}
