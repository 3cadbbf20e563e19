import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  CAUSE,
  type CallDetailRecord,
  CDR_COLUMNS,
  type CdrFacts,
  formatCdrHeader,
  formatCdrLine,
  formatCdrTypes,
  type KnownLevel,
  ON_BEHALF_OF,
  reversedAddress,
} from '../index.ts';

/* Goal: a line is the vendor's, column by column; any text comes out as it went in. */

/** The published order and types (domain 3.2), copied from there and not from the code. */
const PUBLISHED = `
  cdrRecordType:INTEGER globalCallID_callManagerId:INTEGER globalCallID_callId:INTEGER
  origLegCallIdentifier:INTEGER dateTimeOrigination:INTEGER origNodeId:INTEGER
  origSpan:INTEGER origIpAddr:INTEGER callingPartyNumber:VARCHAR(50)
  callingPartyUnicodeLoginUserID:VARCHAR(128) origCause_location:INTEGER
  origCause_value:INTEGER origPrecedenceLevel:INTEGER origMediaTransportAddress_IP:INTEGER
  origMediaTransportAddress_Port:INTEGER origMediaCap_payloadCapability:INTEGER
  origMediaCap_maxFramesPerPacket:INTEGER origMediaCap_g723BitRate:INTEGER
  origVideoCap_Codec:INTEGER origVideoCap_Bandwidth:INTEGER origVideoCap_Resolution:INTEGER
  origVideoTransportAddress_IP:INTEGER origVideoTransportAddress_Port:INTEGER
  origRSVPAudioStat:VARCHAR(64) origRSVPVideoStat:VARCHAR(64) destLegIdentifier:INTEGER
  destNodeId:INTEGER destSpan:INTEGER destIpAddr:INTEGER originalCalledPartyNumber:VARCHAR(50)
  finalCalledPartyNumber:VARCHAR(50) finalCalledPartyUnicodeLoginUserID:VARCHAR(128)
  destCause_location:INTEGER destCause_value:INTEGER destPrecedenceLevel:INTEGER
  destMediaTransportAddress_IP:INTEGER destMediaTransportAddress_Port:INTEGER
  destMediaCap_payloadCapability:INTEGER destMediaCap_maxFramesPerPacket:INTEGER
  destMediaCap_g723BitRate:INTEGER destVideoCap_Codec:INTEGER destVideoCap_Bandwidth:INTEGER
  destVideoCap_Resolution:INTEGER destVideoTransportAddress_IP:INTEGER
  destVideoTransportAddress_Port:INTEGER destRSVPAudioStat:VARCHAR(64)
  destRSVPVideoStat:VARCHAR(64) dateTimeConnect:INTEGER dateTimeDisconnect:INTEGER
  lastRedirectDn:VARCHAR(50) pkid:UNIQUEIDENTIFIER
  originalCalledPartyNumberPartition:VARCHAR(50) callingPartyNumberPartition:VARCHAR(50)
  finalCalledPartyNumberPartition:VARCHAR(50) lastRedirectDnPartition:VARCHAR(50)
  duration:INTEGER origDeviceName:VARCHAR(129) destDeviceName:VARCHAR(129)
  origCallTerminationOnBehalfOf:INTEGER destCallTerminationOnBehalfOf:INTEGER
  origCalledPartyRedirectOnBehalfOf:INTEGER lastRedirectRedirectOnBehalfOf:INTEGER
  origCalledPartyRedirectReason:INTEGER lastRedirectRedirectReason:INTEGER
  destConversationId:INTEGER globalCallId_ClusterID:VARCHAR(50) joinOnBehalfOf:INTEGER
  comment:VARCHAR(2048) authCodeDescription:VARCHAR(50) authorizationLevel:INTEGER
  clientMatterCode:VARCHAR(32) origDTMFMethod:INTEGER destDTMFMethod:INTEGER
  callSecuredStatus:INTEGER origConversationId:INTEGER origMediaCap_Bandwidth:INTEGER
  destMediaCap_Bandwidth:INTEGER authorizationCodeValue:VARCHAR(50)
  outpulsedCallingPartyNumber:VARCHAR(50) outpulsedCalledPartyNumber:VARCHAR(50)
  origIpv4v6Addr:VARCHAR(64) destIpv4v6Addr:VARCHAR(64) origVideoCap_Codec_Channel2:INTEGER
  origVideoCap_Bandwidth_Channel2:INTEGER origVideoCap_Resolution_Channel2:INTEGER
  origVideoTransportAddress_IP_Channel2:INTEGER
  origVideoTransportAddress_Port_Channel2:INTEGER origVideoChannel_Role_Channel2:INTEGER
  destVideoCap_Codec_Channel2:INTEGER destVideoCap_Bandwidth_Channel2:INTEGER
  destVideoCap_Resolution_Channel2:INTEGER destVideoTransportAddress_IP_Channel2:INTEGER
  destVideoTransportAddress_Port_Channel2:INTEGER destVideoChannel_Role_Channel2:INTEGER
  IncomingProtocolID:INTEGER IncomingProtocolCallRef:VARCHAR(32) OutgoingProtocolID:INTEGER
  OutgoingProtocolCallRef:VARCHAR(32) currentRoutingReason:INTEGER origRoutingReason:INTEGER
  lastRedirectingRoutingReason:INTEGER huntPilotPartition:VARCHAR(50) huntPilotDN:VARCHAR(50)
  calledPartyPatternUsage:INTEGER IncomingICID:VARCHAR(50) IncomingOrigIOI:VARCHAR(50)
  IncomingTermIOI:VARCHAR(50) OutgoingICID:VARCHAR(50) OutgoingOrigIOI:VARCHAR(50)
  OutgoingTermIOI:VARCHAR(50) outpulsedOriginalCalledPartyNumber:VARCHAR(50)
  outpulsedLastRedirectingNumber:VARCHAR(50) wasCallQueued:INTEGER
  totalWaitTimeInQueue:INTEGER callingPartyNumber_uri:VARCHAR(254)
  originalCalledPartyNumber_uri:VARCHAR(254) finalCalledPartyNumber_uri:VARCHAR(254)
  lastRedirectDn_uri:VARCHAR(254) mobileCallingPartyNumber:VARCHAR(50)
  finalMobileCalledPartyNumber:VARCHAR(50) origMobileDeviceName:VARCHAR(129)
  destMobileDeviceName:VARCHAR(129) origMobileCallDuration:INTEGER
  destMobileCallDuration:INTEGER mobileCallType:INTEGER originalCalledPartyPattern:VARCHAR(50)
  finalCalledPartyPattern:VARCHAR(50) lastRedirectingPartyPattern:VARCHAR(50)
  huntPilotPattern:VARCHAR(50) origDeviceType:VARCHAR(100) destDeviceType:VARCHAR(100)
  origDeviceSessionID:VARCHAR(129) destDeviceSessionID:VARCHAR(129)
`;

const APPENDED = ['conferenceSecuredStatus:INTEGER', 'conferenceLowestSecuredStatus:INTEGER'];

const FACTS: CdrFacts = {
  clusterId: 'StandAloneCluster',
  nodeId: 1,
  pkid: '00000000-0000-4000-8000-000000000001',
};

test('the columns are the published 133 in their order, then our two (CDR-03, D-21)', () => {
  const published = PUBLISHED.trim().split(/\s+/);
  expect(published).toHaveLength(133);
  expect(CDR_COLUMNS.map(([name, type]) => `${name}:${type}`)).toEqual([...published, ...APPENDED]);
  expect(new Set(CDR_COLUMNS.map(([name]) => name)).size).toBe(135);
});

test('the two head lines give names in quotes and types bare', () => {
  expect(parseLine(formatCdrHeader())).toEqual(CDR_COLUMNS.map(([name]) => name));
  expect(formatCdrHeader()).toMatch(/^"cdrRecordType","globalCallID_callManagerId",/);
  expect(formatCdrTypes()).toMatch(/^INTEGER,INTEGER,/);
  expect(formatCdrTypes().split(',')).toEqual(CDR_COLUMNS.map(([, type]) => type));
});

test('numbers are bare and texts quoted, in every line', () => {
  const raw = rawFields(formatCdrLine(conferenceRecord({}), FACTS));
  expect(raw).toHaveLength(135);
  for (const [index, [name, type]] of CDR_COLUMNS.entries()) {
    const shape = type === 'INTEGER' ? /^-?\d+$/ : /^".*"$/;
    expect([name, raw[index]]).toEqual([name, expect.stringMatching(shape)]);
  }
});

test('a call between two phones has each fact in its column', () => {
  const fields = fieldsOf(record({}));
  expect(fields).toMatchObject({
    cdrRecordType: '1',
    globalCallID_callManagerId: '1',
    globalCallID_callId: '1001',
    origLegCallIdentifier: '11',
    destLegIdentifier: '12',
    dateTimeOrigination: '1700000000',
    dateTimeConnect: '1700000005',
    dateTimeDisconnect: '1700000065',
    duration: '60',
    origNodeId: '1',
    destNodeId: '1',
    origIpAddr: '187962284',
    origIpv4v6Addr: '172.19.52.11',
    origMediaTransportAddress_IP: '187962284',
    origMediaTransportAddress_Port: '24576',
    origMediaCap_payloadCapability: '4',
    origMediaCap_maxFramesPerPacket: '20',
    destMediaCap_payloadCapability: '0',
    destMediaCap_maxFramesPerPacket: '0',
    callingPartyNumber: '1001',
    callingPartyNumberPartition: 'PT-Phones',
    originalCalledPartyNumber: '1002',
    finalCalledPartyNumber: '1002',
    finalCalledPartyNumberPartition: 'PT-Called',
    origDeviceName: 'SEP000000001001',
    destDeviceName: 'SEP000000001002',
    origCause_value: '16',
    destCause_value: '0',
    origCallTerminationOnBehalfOf: '12',
    pkid: FACTS.pkid,
    globalCallId_ClusterID: 'StandAloneCluster',
  });
});

test.each([
  ['nonsecure', '0'],
  ['authenticated', '1'],
  ['encrypted', '2'],
] as const)('CDR-01: a leg that reached %s has callSecuredStatus %s', (level, value) => {
  expect(fieldsOf(record({ securedStatus: level })).callSecuredStatus).toBe(value);
});

test('CDR-01, CDR-02, CDR-03: leg, conference and its lowest level are independent fields', () => {
  const level = fc.constantFrom<KnownLevel>('nonsecure', 'authenticated', 'encrypted');
  const number = { nonsecure: '0', authenticated: '1', encrypted: '2' };
  fc.assert(
    fc.property(level, level, level, (leg, conference, lowest) => {
      const fields = fieldsOf(
        record({
          securedStatus: leg,
          conferenceSecuredStatus: conference,
          conferenceLowestSecuredStatus: lowest,
        }),
      );
      expect(fields.callSecuredStatus).toBe(number[leg]);
      expect(fields.conferenceSecuredStatus).toBe(number[conference]);
      expect(fields.conferenceLowestSecuredStatus).toBe(number[lowest]);
    }),
  );
});

test('CDR-03: outside conferences the appended fields have no value: 0 would say nonsecure', () => {
  const line = formatCdrLine(record({}), FACTS);
  expect(rawFields(line).slice(133)).toEqual(['', '']);
  expect(line.endsWith(',"",,')).toBe(true);
});

test('CDR-04, CDR-05: a meet-me refusal has cause 58 on behalf of meet-me, and no duration', () => {
  const refused: CallDetailRecord = {
    ...record({}),
    originating: {
      ...record({}).originating,
      cause: CAUSE.bearerCapabilityNotAvailable,
      terminationOnBehalfOf: ON_BEHALF_OF.meetMe,
    },
    destination: {
      leg: 0,
      number: '',
      partition: '',
      payloadCapability: 0,
      cause: CAUSE.none,
      terminationOnBehalfOf: ON_BEHALF_OF.meetMe,
      conversationId: 0,
    },
    originalCalledNumber: '50000',
    finalCalledNumber: '50000',
  };
  const { connectedMs: _, ...unanswered } = refused;
  expect(fieldsOf(unanswered)).toMatchObject({
    origCause_value: '58',
    destCause_value: '0',
    origCallTerminationOnBehalfOf: '6',
    destCallTerminationOnBehalfOf: '6',
    finalCalledPartyNumber: '50000',
    dateTimeConnect: '0',
    duration: '0',
    destDeviceName: '',
    destNodeId: '0',
    destLegIdentifier: '0',
    destIpAddr: '0',
  });
});

test('causes above 65535 are written in full (LST-04)', () => {
  const dropped = { ...record({}).originating, cause: CAUSE.conferenceDropAnyParty };
  expect(fieldsOf(record({ originating: dropped })).origCause_value).toBe('458752');
});

test('a call shorter than a second has a connect time and the duration 0', () => {
  const fields = fieldsOf(
    record({ connectedMs: 1_700_000_005_900, disconnectedMs: 1_700_000_006_800 }),
  );
  expect(fields).toMatchObject({ dateTimeConnect: '1700000005', duration: '0' });
});

test('a clock that was set back gives no negative duration', () => {
  const fields = fieldsOf(
    record({ connectedMs: 1_700_000_005_000, disconnectedMs: 1_700_000_000_000 }),
  );
  expect(fields.duration).toBe('0');
});

test.each([
  ['172.19.52.11', 187962284],
  ['0.0.0.0', 0],
  ['1.0.0.0', 1],
  ['127.0.0.1', 16777343],
  ['192.168.18.221', -585979712],
  ['255.255.255.255', -1],
  [undefined, 0],
  ['', 0],
  ['localhost', 0],
  ['1.2.3', 0],
  ['1.2.3.4.5', 0],
  ['1.2.3.256', 0],
  ['1.2.3.-4', 0],
  ['2001:db8::1', 0],
])('an address is a signed number with its octets in reverse: %s is %i', (address, number) => {
  expect(reversedAddress(address)).toBe(number);
});

test('every IPv4 address can be had back from its number', () => {
  const octet = fc.nat({ max: 255 });
  fc.assert(
    fc.property(octet, octet, octet, octet, (...octets) => {
      const number = reversedAddress(octets.join('.'));
      expect(Math.abs(number)).toBeLessThanOrEqual(2 ** 31);
      expect([0, 8, 16, 24].map((shift) => (number >>> shift) & 0xff)).toEqual(octets);
    }),
  );
});

test('any text that fits and holds nothing that ends a line comes back as it went in', () => {
  const text = fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .filter((each) => !/[\p{Cc}\u2028\u2029]/u.test(each) && each.length <= 50);
  fc.assert(
    fc.property(text, text, text, (number, comment, clusterId) => {
      const odd = record({ originating: { ...record({}).originating, number }, comment });
      const line = formatCdrLine(odd, { ...FACTS, clusterId });
      const fields = named(parseLine(line));
      expect(fields.callingPartyNumber).toBe(number);
      expect(fields.comment).toBe(comment);
      expect(fields.globalCallId_ClusterID).toBe(clusterId);
    }),
  );
});

test('whatever a text holds, the line is one line of 135 fields, and no field is too long', () => {
  const hostile = fc.string({
    unit: fc.constantFrom(...'",\n\r\0\t\x1b\x7f\x85\x9b\u2028\u2029;=aé', '😀', '\ud83d'),
    maxLength: 200,
    // Without it hardly any text is longer than a column.
    size: 'max',
  });
  fc.assert(
    fc.property(hostile, hostile, hostile, (number, device, comment) => {
      const { originating } = record({});
      const odd = record({ originating: { ...originating, number, device }, comment });
      const line = formatCdrLine(odd, FACTS);
      expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      expect(line.isWellFormed()).toBe(true);
      const fields = parseLine(line);
      expect(fields).toHaveLength(135);
      for (const [index, [name, type]] of CDR_COLUMNS.entries()) {
        const size = /\((\d+)\)/.exec(type)?.[1];
        if (size === undefined) continue;
        expect([name, charsOf(fields[index] ?? '') <= Number(size)]).toEqual([name, true]);
      }
    }),
  );
});

test.each([
  ['1'.repeat(51), '1'.repeat(50)],
  ['😀'.repeat(51), '😀'.repeat(50)],
  ['"'.repeat(51), '"'.repeat(50)],
])('a text that is too long loses its end, and no half character stays: %s', (text, kept) => {
  const { originating } = record({});
  const fields = fieldsOf(record({ originating: { ...originating, number: text } }));
  expect(fields.callingPartyNumber).toBe(kept);
});

test.each([['a\nb'], ['a\x7fb'], ['a\x85b'], ['a\x9bb'], ['a\u2028b']])(
  'a control character becomes a space: %j',
  (comment) => {
    expect(fieldsOf(record({ comment })).comment).toBe('a b');
  },
);

function record(change: Partial<CallDetailRecord>): CallDetailRecord {
  return {
    globalCallId: 1001,
    originatedMs: 1_700_000_000_000,
    connectedMs: 1_700_000_005_000,
    disconnectedMs: 1_700_000_065_000,
    originating: {
      device: 'SEP000000001001',
      leg: 11,
      number: '1001',
      partition: 'PT-Phones',
      address: '172.19.52.11',
      media: { address: '172.19.52.11', port: 24576 },
      payloadCapability: 4,
      cause: CAUSE.normal,
      terminationOnBehalfOf: ON_BEHALF_OF.device,
      conversationId: 0,
    },
    destination: {
      device: 'SEP000000001002',
      leg: 12,
      number: '1002',
      partition: 'PT-Called',
      payloadCapability: 0,
      cause: CAUSE.none,
      terminationOnBehalfOf: ON_BEHALF_OF.unknown,
      conversationId: 0,
    },
    originalCalledNumber: '1002',
    finalCalledNumber: '1002',
    lastRedirectNumber: '',
    calledPartition: 'PT-Called',
    redirectOnBehalfOf: ON_BEHALF_OF.unknown,
    redirectReason: 0,
    joinOnBehalfOf: ON_BEHALF_OF.unknown,
    comment: '',
    securedStatus: 'encrypted',
    ...change,
  };
}

function conferenceRecord(change: Partial<CallDetailRecord>): CallDetailRecord {
  return record({
    conferenceSecuredStatus: 'encrypted',
    conferenceLowestSecuredStatus: 'nonsecure',
    comment: 'ConfControllerDn=1001;ConfControllerDeviceName=SEP000000001001',
    ...change,
  });
}

function fieldsOf(each: CallDetailRecord): Readonly<Record<string, string>> {
  return named(parseLine(formatCdrLine(each, FACTS)));
}

function named(values: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(CDR_COLUMNS.map(([name], index) => [name, values[index] ?? '']));
}

/** Characters as SQL counts them: one for each code point. */
function charsOf(text: string): number {
  return Array.from(text).length;
}

/** A small reader of comma-separated values that knows nothing of columns. */
function parseLine(line: string): readonly string[] {
  return rawFields(line).map((field) =>
    field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field,
  );
}

function rawFields(line: string): readonly string[] {
  const fields: string[] = [''];
  let inQuotes = false;
  for (const char of line) {
    if (char === '"') inQuotes = !inQuotes;
    if (char === ',' && !inQuotes) fields.push('');
    else fields[fields.length - 1] += char;
  }
  if (inQuotes) throw new Error('a quote is never closed');
  return fields;
}
