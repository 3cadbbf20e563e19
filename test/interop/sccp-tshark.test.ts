import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  encodeMessage,
  MESSAGES,
  type MessageName,
  specOf,
  standardSoftKeySets,
  standardSoftKeyTemplate,
} from '@conclave/sccp';
import { pcapOf } from '@conclave/testkit';
import { afterAll, describe, expect, test } from 'vitest';

/*
 * Goal: an analyser that others wrote decodes every message of our table, in every version that it
 * knows, as that message, with nothing malformed and nothing left over. Method: a capture written by
 * hand, read by tshark.
 */

const folder = mkdtempSync(join(tmpdir(), 'conclave-tshark-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SERVER_PORT = 2000;

/** Phone XML is the content of the data messages. */
const XML = '<CiscoIPPhoneText><Text>Hello</Text></CiscoIPPhoneText>';

/** Values where zero would be out of an enumeration's range, or where lengths matter. */
const SAMPLES: { readonly [N in MessageName]?: object } = {
  SoftKeyTemplateRes: standardSoftKeyTemplate(),
  SoftKeySetRes: standardSoftKeySets(),
  DeviceToUserData: { deviceToUserData: { xmldata: XML } },
  DeviceToUserDataResponse: { deviceToUserData: { xmldata: XML } },
  DeviceToUserDataVersion1: { deviceToUserDataVersion1: { xmldata: XML } },
  DeviceToUserDataResponseVersion1: { deviceToUserDataVersion1: { xmldata: XML } },
  UserToDeviceData: { userToDeviceData: { xmldata: XML } },
  UserToDeviceDataVersion1: { userToDeviceDataVersion1: { xmldata: XML } },
  EnhancedAlarm: { alarmInfo: new TextEncoder().encode(XML) },
};

/** Video capabilities are kept as they come; nothing of ours sends them. */
const ONLY_RECEIVED = new Set<MessageName>([
  'UpdateCapabilities',
  'CapabilitiesV2Res',
  'CapabilitiesV3Res',
]);

describe.each([0, 11, 15, 16, 17, 18, 19, 20, 21, 22])('version %i', (version) => {
  const names = (Object.keys(MESSAGES) as MessageName[]).filter((name) => !ONLY_RECEIVED.has(name));
  const layers = dissect(
    names.map((name) => ({ name, body: SAMPLES[name] ?? {} })),
    version,
  );

  test('tshark names every message as we do and finds nothing wrong', () => {
    const wrong = names.flatMap((name, index) => {
      const text = layers[index] ?? '';
      const named = text.includes(`Message ID: ${name} (${specOf(name).id})`);
      const bad = /Malformed|Expert Info \((Error|Warn)|Unknown Message|Undecoded/i.exec(text);
      return named && !bad ? [] : [`${name}: ${bad?.[0] ?? text.slice(0, 80)}`];
    });
    expect(wrong).toEqual([]);
  });
});

describe('values', () => {
  test('come out as they were put in', () => {
    const key = Uint8Array.from({ length: 16 }, (_, index) => index + 1);
    const salt = Uint8Array.from({ length: 14 }, (_, index) => index + 0x21);
    const keys = { algorithmID: 1, keylen: 16, saltlen: 14, key, salt };
    const texts = dissect(
      [
        {
          name: 'CallInfo',
          body: { callSecurityStatus: 3, callReference: 77, calledParty: '5001' },
        },
        {
          name: 'CallInfoV2',
          body: { callSecurityStatus: 2, callReference: 78, calledParty: '5002' },
        },
        {
          name: 'StartMediaTransmission',
          body: {
            conferenceId: 9,
            passThroughPartyId: 10,
            callReference: 79,
            remoteIpAddr: '10.1.2.3',
            remotePortNumber: 20_000,
            compressionType: 4,
            mTxMediaEncryptionKeyInfo: keys,
          },
        },
        {
          name: 'OpenReceiveChannel',
          body: { callReference: 80, compressionType: 2, mRxMediaEncryptionKeyInfo: keys },
        },
        { name: 'OpenReceiveChannelAck', body: { ipAddr: '10.1.2.4', portNumber: 20_002 } },
        {
          name: 'CreateConferenceReq',
          body: { conferenceId: 4711, numberOfReservedParticipants: 3 },
        },
        { name: 'AddParticipantReq', body: { conferenceId: 4711, participantName: 'Ada' } },
        { name: 'AuditParticipantRes', body: { conferenceId: 4711, participantEntry: [5, 6] } },
      ],
      20,
    );
    const [info, infoV2, start, open, ack, create, add, audit] = texts;
    expect(info).toMatch(/callSecurityStatus: Encrypted/);
    expect(info).toMatch(/callReference: 77/);
    expect(info).toMatch(/calledParty: 5001/);
    expect(infoV2).toMatch(/callSecurityStatus: Authenticated/);
    expect(infoV2).toMatch(/calledParty: 5002/);
    for (const text of [start, open]) {
      expect(text).toMatch(/algorithmID: CCM_AES_CM_128_HMAC_SHA1_32/);
      expect(text).toMatch(/keylen: 16/);
      expect(text).toMatch(/saltlen: 14/);
      expect(text?.match(/ key: /g)).toHaveLength(16);
      expect(text?.match(/ salt: /g)).toHaveLength(14);
    }
    expect(start).toMatch(/10\.1\.2\.3/);
    expect(start).toMatch(/remotePortNumber: 20000/);
    expect(start).toMatch(/callReference: 79/);
    expect(ack).toMatch(/10\.1\.2\.4/);
    expect(ack).toMatch(/portNumber: 20002/);
    expect(create).toMatch(/conferenceId: 4711/);
    expect(add).toMatch(/participantName: Ada/);
    expect(audit).toMatch(/numberOfEntries: 2/);
  });
});

/** tshark's text of the SCCP layer of each message, in order. */
function dissect(
  messages: readonly { readonly name: MessageName; readonly body: object }[],
  version: number,
): readonly string[] {
  const file = join(folder, `v${version}-${messages.length}.pcap`);
  const segments = messages.map(({ name, body }, index) => {
    const device = 30_000 + index;
    const fromServer = specOf(name).from !== 'device';
    return {
      sourcePort: fromServer ? SERVER_PORT : device,
      destinationPort: fromServer ? device : SERVER_PORT,
      payload: encodeMessage(name, body as never, version),
    };
  });
  writeFileSync(file, pcapOf(segments));
  const text = execFileSync('tshark', ['-r', file, '-d', `tcp.port==${SERVER_PORT},skinny`, '-V'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return text
    .split(/^Frame \d+:/m)
    .slice(1)
    .map((frame) => frame.slice(frame.indexOf('Skinny Client Control Protocol')));
}
