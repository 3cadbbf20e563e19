import {
  type BodyInput,
  encodeMessage,
  type Field,
  type FieldList,
  headerVersionOf,
  MESSAGES,
  type MessageName,
  STRUCTS,
  type StructName,
  specOf,
} from '@conclave/sccp';
import { type Dissection, dissect, hasTshark } from '@conclave/testkit';
import { beforeAll, describe, expect, test } from 'vitest';

/*
 * Goal: an analyser that others wrote reads every message of our table, in every version that it
 * knows, as that message, with nothing malformed, nothing unknown and nothing left over; and it finds
 * each field by the same name in the same bytes. Method: every field, list and key is filled to its
 * end, a capture is written by hand, and tshark's PDML (name, place and size of each field) is
 * compared with the places that the table gives. Without tshark the tests are skipped, and say so.
 */

const FRAME_HEADER_SIZE = 12;

/** All header versions that tshark knows; 3 is sent with header 0. */
const VERSIONS = [3, 10, 11, 15, 16, 17, 18, 19, 20, 21, 22] as const;

const NAMES = Object.keys(MESSAGES) as MessageName[];

/** Values where 1 is outside of an enumeration, or is called Unknown by it. */
const VALUES: Readonly<Record<string, number>> = {
  compressionType: 4,
  payloadCapability: 4,
  mediaReceptionStatus: 2,
  mediaTransmissionStatus: 2,
  softKeyInfoIndex: 301,
};

const XML = '<CiscoIPPhoneText><Text>Hello</Text></CiscoIPPhoneText>';

/** What is kept as bytes has to be given as bytes: zeros enough for the lists that are not counted. */
const REST: { readonly [N in MessageName]?: Uint8Array } = {
  UpdateCapabilities: new Uint8Array(600),
  CapabilitiesV2Res: new Uint8Array(800),
  CapabilitiesV3Res: new Uint8Array(900),
};

/**
 * Where tshark 4.0 reads otherwise than the table, and why we do not follow it.
 *
 * - `hidden`: it never shows these fields, as it waits for a longer message than there is.
 * - `elsewhere`: it reads other bytes or under another name.
 * - `unknown`: it calls a zero in the raw part unknown.
 * - `spare`: bytes at the end that belong to no field.
 */
const QUIRKS: {
  readonly [N in MessageName]?: {
    readonly hidden?: readonly string[];
    readonly elsewhere?: readonly string[];
    readonly unknown?: true;
    readonly spare?: number;
  };
} = {
  // Shown in messages of more than 191 bytes; with it the message has 176.
  RegisterReq: { hidden: ['configVersionStamp'], spare: 48 },
  // Shown above 12 bytes (16 below): it counts the header, which the length does not.
  UnregisterReq: { hidden: ['unRegReasonCode'], spare: 4 },
  FeatureStatReq: { hidden: ['featureCapabilities'], spare: 4 },
  // Under header 0 it takes four of the sixteen bytes for an IPv4 address.
  RegisterTokenReq: { elsewhere: ['stationIpV6Addr'], spare: 12 },
  // An IPv4 address at the very end leaves most of its sixteen bytes.
  ServerRes: { spare: 12 },
  // Union: for this codec the second half of the eight bytes is unused.
  CapabilitiesRes: { spare: 4 },
  // Video: it passes over lists that are not counted, without showing them.
  UpdateCapabilities: { spare: 604 },
  CapabilitiesV2Res: { spare: 804 },
  // It reads all entries of the lists of this one whatever their counts say.
  CapabilitiesV3Res: { unknown: true, spare: 900 },
};

/** Unions are shown by the member that is chosen, flags one by one, here by their first. */
const SHOWN_AS: Readonly<Record<string, string>> = {
  PAYLOADS: 'codecMode',
  phoneFeatures: 'PhoneFeatures.Bit1',
  partyPIRestrictionBits: 'RestrictInformationType.CallingPartyName',
  validKeyMask: 'SoftKeyMask.SoftKey1',
  lineType: 'OrigDialed',
};

/** Bytes that are shown of longer fields: six of a MAC address in twelve, the union's first member. */
const SHOWN_SIZES: Readonly<Record<string, number>> = { macAddress: 6, PAYLOADS: 1 };

describe.skipIf(!hasTshark).each(VERSIONS)('version %i', (version) => {
  const frames = NAMES.map((name) => {
    const body = { ...filled(specOf(name).fields, version), ...restOf(name) };
    return { name, bytes: encodeMessage(name, body as never, version) };
  });
  let dissected: readonly Dissection[] = [];
  beforeAll(() => {
    dissected = dissect(frames);
  });

  test('tshark names every message as we do, and nothing is malformed or unknown', () => {
    const wrong = frames.flatMap(({ name }, index) => {
      const { message, expert, fields } = dissectionOf(dissected, index);
      const unknown = fields
        .filter((each) => /unknown \(/i.test(each.text))
        .map(({ text }) => text);
      const isFine = message === `Message ID: ${name} (${specOf(name).id})` && expert.length === 0;
      return isFine && (unknown.length === 0 || QUIRKS[name]?.unknown)
        ? []
        : [`${name}: ${message} ${expert} ${unknown}`];
    });
    expect(wrong).toEqual([]);
  });

  test('no bytes are left over but padding and what is said why', () => {
    const wrong = frames.flatMap(({ name, bytes }, index) => {
      const { fields } = dissectionOf(dissected, index);
      const end = Math.max(...fields.map((each) => each.at + each.size));
      // A NUL is no part of a dynamic text, and up to three bytes fill the last word.
      const spare = (QUIRKS[name]?.spare ?? 0) + (specOf(name).dynamic ? 1 : 0) + 3;
      const rest = bytes.subarray(end);
      const isRaw = QUIRKS[name]?.spare !== undefined;
      return end <= bytes.length && rest.length <= spare && (isRaw || rest.every((byte) => !byte))
        ? []
        : [`${name}: ${rest.length} of ${bytes.length} bytes`];
    });
    expect(wrong).toEqual([]);
  });

  test('tshark finds each field under the same name in the same bytes', () => {
    const wrong = frames.flatMap(({ name }, index) => {
      const { fields } = dissectionOf(dissected, index);
      const shown = new Set(fields.map((each) => `${each.name} ${each.at} ${each.size}`));
      return placesOf(name, headerVersionOf(name, version))
        .filter((place) => ![...place.names].some((each) => shown.has(each)))
        .map((place) => `${name}: ${[...place.names].join(' or ')}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe.skipIf(!hasTshark)('values', () => {
  const key = Uint8Array.from({ length: 16 }, (_, index) => index + 1);
  const salt = Uint8Array.from({ length: 14 }, (_, index) => index + 0x21);
  const keys = { algorithmID: 1, key, salt };

  test.each([
    [11, '10.1.2.3', 'remoteIpAddr.ipv4', 'ipAddr.ipv4'],
    [20, '10.1.2.3', 'remoteIpAddr.ipv4', 'ipAddr.ipv4'],
    [22, '2001:db8::7', 'remoteIpAddr.ipv6', 'ipAddr.ipv6'],
  ] as const)(
    'version %i with %s come out as they were put in',
    (version, address, remote, local) => {
      const show = valuesOf(version);
      const start = show('StartMediaTransmission', {
        conferenceId: 9,
        passThroughPartyId: 0xffff_fff9,
        callReference: 79,
        remoteIpAddr: address,
        remotePortNumber: 20_000,
        compressionType: 4,
        mTxMediaEncryptionKeyInfo: keys,
      });
      expect(start(remote)).toEqual([address]);
      expect(start('remotePortNumber')).toEqual(['20000']);
      expect(start('conferenceId')).toEqual(['9']);
      expect(start('passThroughPartyId')).toEqual(['4294967289']);
      expect(start('callReference')).toEqual(['79']);
      const ack = show('OpenReceiveChannelAck', { ipAddr: address, portNumber: 20_002 });
      expect(ack(local)).toEqual([address]);
      expect(ack('portNumber')).toEqual(['20002']);
      const open = show('OpenReceiveChannel', {
        compressionType: 2,
        mRxMediaEncryptionKeyInfo: keys,
        sourceIpAddr: address,
      });
      for (const each of [start, open]) {
        expect(each('algorithmID')).toEqual(['0x00000001']);
        expect(each('keylen')).toEqual(['16']);
        expect(each('saltlen')).toEqual(['14']);
        expect(each('key').map(Number)).toEqual([...key]);
        expect(each('salt').map(Number)).toEqual([...salt]);
      }
    },
  );

  test('security, conferences and display codes come out as they were put in', () => {
    const show = valuesOf(20);
    const info = show('CallInfo', {
      callSecurityStatus: 3,
      callReference: 77,
      calledParty: '5001',
    });
    expect(info('callSecurityStatus')).toEqual(['0x00000003']);
    expect(info('calledParty')).toEqual(['5001']);
    const infoV2 = show('CallInfoV2', { callSecurityStatus: 2, calledParty: '5002' });
    expect(infoV2('callSecurityStatus')).toEqual(['0x00000002']);
    expect(infoV2('calledParty')).toEqual(['5002']);
    const create = show('CreateConferenceReq', {
      conferenceId: 4711,
      numberOfReservedParticipants: 3,
    });
    expect(create('conferenceId')).toEqual(['4711']);
    expect(create('numberOfReservedParticipants')).toEqual(['3']);
    const add = show('AddParticipantReq', { conferenceId: 4711, participantName: 'Ada' });
    expect(add('participantName')).toEqual(['Ada']);
    const audit = show('AuditParticipantRes', { conferenceId: 4711, participantEntry: [5, 6] });
    expect(audit('participantEntry')).toEqual(['5', '6']);
    const data = show('UserToDeviceDataVersion1', { userToDeviceDataVersion1: { xmldata: XML } });
    expect(data('dataLength')).toEqual([String(XML.length)]);
  });
});

function dissectionOf(all: readonly Dissection[], index: number): Dissection {
  const found = all[index];
  if (!found) throw new Error(`no packet ${index}`);
  return found;
}

/** Shows one message of `version` and gives the values of its fields by name. */
function valuesOf(
  version: number,
): <N extends MessageName>(name: N, body: BodyInput<N>) => (field: string) => readonly string[] {
  return (name, body) => {
    const [shown] = dissect([{ name, bytes: encodeMessage(name, body, version) }]);
    return (field) =>
      (shown?.fields ?? []).filter((each) => each.name === field).map((each) => each.value);
  };
}

function fieldsOf(reference: StructName | FieldList): FieldList {
  return typeof reference === 'string'
    ? (STRUCTS as unknown as Readonly<Record<StructName, FieldList>>)[reference]
    : reference;
}

function isNumber(type: string): boolean {
  return type === 'u8' || type === 'u16' || type === 'u32' || type === 'i32';
}

function restOf(name: MessageName): object {
  const rest = REST[name];
  if (!rest) return {};
  // The raw part is zero, and so is what counts it.
  return {
    rest,
    videoCapCount: 0,
    dataCapCount: 0,
    ...(name === 'CapabilitiesV3Res' && { audioCapCount: 0, customPictureFormatCount: 0 }),
  };
}

/** A body in which every text, list and key is as long as it may be. */
function filled(reference: StructName | FieldList, version: number): Record<string, unknown> {
  const fields = fieldsOf(reference);
  const counters = new Set(fields.map(counterOf));
  return Object.fromEntries(
    fields
      .filter(([name]) => !counters.has(name))
      .map((field) => [field[0], valueFor(field, version)]),
  );
}

function counterOf(field: Field): string | undefined {
  if (field[1] === 'list') return field[2].count;
  return field[1] === 'sized' || field[1] === 'blob' ? field[2].length : undefined;
}

function valueFor(field: Field, version: number): unknown {
  switch (field[1]) {
    case 'text':
      return field[0] === 'alarmInfo' ? XML : 'a'.repeat(field[2] - 1);
    case 'dirnum':
      return '1'.repeat(headerVersionOf('CallInfoV2', version) >= 18 ? 24 : 23);
    case 'bytes':
      return new Uint8Array(field[2]).fill(1);
    case 'sized':
      return new Uint8Array(field[2].max).fill(7);
    case 'blob':
      return XML;
    case 'rest':
      return new Uint8Array(0);
    case 'ipv4':
    case 'address':
      return '10.1.2.3';
    case 'struct':
      return filled(field[2], version);
    case 'list': {
      const { of, max } = field[2];
      return Array.from({ length: max }, () =>
        typeof of === 'string' && isNumber(of)
          ? (VALUES[field[0]] ?? 1)
          : filled(of as StructName | FieldList, version),
      );
    }
    default:
      return VALUES[field[0]] ?? 1;
  }
}

/** Where the table puts a field: any of `names`, each as "name place size". */
interface Place {
  readonly names: ReadonlySet<string>;
}

/** The places of all fields of a filled message, worked out apart from the codec. */
function placesOf(name: MessageName, version: number): readonly Place[] {
  const walk = { at: FRAME_HEADER_SIZE, places: [] as Place[], version };
  const spec = specOf(name);
  const left = new Set([...(QUIRKS[name]?.hidden ?? []), ...(QUIRKS[name]?.elsewhere ?? [])]);
  walkFields(fieldsOf(spec.fields), walk, { isDynamic: spec.dynamic === true, left });
  return walk.places;
}

interface Walk {
  at: number;
  readonly places: Place[];
  readonly version: number;
}

interface WalkOptions {
  readonly isDynamic: boolean;
  /** Fields that are found elsewhere or not at all. */
  readonly left: ReadonlySet<string>;
}

function walkFields(fields: FieldList, walk: Walk, options: WalkOptions): void {
  for (const field of fields) {
    const bounds = field.at(-1) as { since?: number; until?: number } | string;
    const { since = 0, until = 99 } = typeof bounds === 'object' && field.length > 2 ? bounds : {};
    if (walk.version < since || walk.version > until) continue;
    if (!options.left.has(field[0])) walkField(field, walk, options);
  }
}

function walkField(field: Field, walk: Walk, options: WalkOptions): void {
  const put = (size: number, ...names: readonly string[]): void => {
    const shown = names.map((each) => SHOWN_AS[each] ?? each.replaceAll('_', '.'));
    walk.places.push({ names: new Set(shown.map((each) => `${each} ${walk.at} ${size}`)) });
    walk.at += size;
  };
  const [name, type] = field;
  switch (field[1]) {
    case 'u8':
      return put(1, name);
    case 'u16':
      return put(2, name);
    case 'u32':
    case 'i32':
      return put(4, name);
    case 'ipv4':
      return put(4, name);
    case 'dirnum':
      return put(walk.version >= 18 ? 25 : 24, name);
    case 'text':
      return putText(field, walk, { put, isDynamic: options.isDynamic });
    case 'bytes': {
      const shown = SHOWN_SIZES[name] ?? field[2];
      put(shown, name);
      walk.at += field[2] - shown;
      return;
    }
    case 'sized':
      for (let index = 0; index < field[2].max; index += 1) put(1, name);
      return;
    case 'blob':
      return put(XML.length, name);
    case 'rest':
      return;
    case 'address': {
      if (walk.version >= 17) put(4, 'ipv4or6');
      put(4, `${name}.ipv4`, name);
      if (walk.version >= 17) walk.at += 12;
      return;
    }
    case 'struct':
      return walkFields(fieldsOf(field[2]), walk, { ...options, isDynamic: false });
    case 'list': {
      const { of, max } = field[2];
      for (let index = 0; index < max; index += 1) {
        if (typeof of === 'string' && isNumber(of)) walkField([name, of as 'u8'], walk, options);
        else walkFields(fieldsOf(of as StructName | FieldList), walk, options);
      }
      return;
    }
    default:
      throw new Error(`type ${type}`);
  }
}

/** Some dynamic texts are shown with their NUL and some without. */
function putText(
  field: Extract<Field, readonly [string, 'text' | 'bytes', ...unknown[]]>,
  walk: Walk,
  { put, isDynamic }: { put(size: number, ...names: string[]): void; isDynamic: boolean },
): void {
  const [name, , room] = field;
  if (!isDynamic) return put(room, name);
  const length = name === 'alarmInfo' ? XML.length : room - 1;
  const names = new Set([`${name} ${walk.at} ${length}`, `${name} ${walk.at} ${length + 1}`]);
  walk.places.push({ names });
  walk.at += length + 1;
}
