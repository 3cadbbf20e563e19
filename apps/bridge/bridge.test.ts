import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { detectTones, FRAME_SAMPLES, ToneGenerator } from '@conclave/audio';
import { MediaChannel } from '@conclave/device';
import { MediaClock, type StreamConnection, StreamListener } from '@conclave/net';
import {
  type AnyMessage,
  type BodyInput,
  decodeMessage,
  encodeMessage,
  FrameReader,
  type Message,
  type MessageName,
} from '@conclave/sccp';
import { afterEach, describe, expect, test } from 'vitest';
import { Bridge, capacityOf } from './bridge.ts';

/*
 * Goal: the bridge does what it is told and tells what it did. Method: a call manager of a few lines on
 * a real TCP socket, and participants on real UDP sockets that play tones and listen for them.
 */

const VERSION = 20;
const TONES = [400, 700, 1000] as const;

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

describe('capacity', () => {
  test.each([
    [16, false, 16],
    [16, true, 8],
    [7, true, 3],
    [1, true, 0],
  ])('BRG-11: of %i sessions, secure %s: %i', (sessions, secure, capacity) => {
    expect(capacityOf(sessions, secure)).toBe(capacity);
  });

  test('BRG-07: a conference past the capacity is refused; a freed session is reusable at once', async () => {
    const manager = await FakeManager.start({ sessions: 1 });
    expect((await manager.create(1)).result).toBe(0);
    expect((await manager.create(2)).result).toBe(1);
    expect((await manager.create(1)).result).toBe(2);
    manager.send('DeleteConferenceReq', { conferenceId: 1 });
    expect((await manager.next('DeleteConferenceRes')).delete_conf_result).toBe(0);
    expect((await manager.create(2)).result).toBe(0);
    manager.send('DeleteConferenceReq', { conferenceId: 9 });
    expect((await manager.next('DeleteConferenceRes')).delete_conf_result).toBe(1);
  });

  test('participants: unknown conference, twice the same, one too many', async () => {
    const manager = await FakeManager.start({ parties: 2 });
    await manager.create(1);
    expect(await manager.add(9, 5)).toBe(2);
    expect(await manager.add(1, 5)).toBe(0);
    expect(await manager.add(1, 5)).toBe(3);
    expect(await manager.add(1, 6)).toBe(0);
    expect(await manager.add(1, 7)).toBe(1);
    expect(await manager.audit(1)).toEqual([5, 6]);
    manager.send('DropParticipantReq', { conferenceId: 1, callReference: 5 });
    expect(await manager.audit(1)).toEqual([6]);
  });
});

describe('the mix', () => {
  test('everybody hears everybody else: SRTP _80, SRTP _32 and RTP in A-law, each with its own keys', async () => {
    const manager = await FakeManager.start({});
    await manager.create(1);
    const parties = [
      await manager.join(1, 11, { algorithm: 2, compression: 4, toneHz: TONES[0] }),
      await manager.join(1, 12, { algorithm: 1, compression: 4, toneHz: TONES[1] }),
      await manager.join(1, 13, { algorithm: 0, compression: 2, toneHz: TONES[2] }),
    ];
    for (const [index, party] of parties.entries()) {
      const others = TONES.filter((_, at) => at !== index);
      await until(() => same(party.hears(), others), `party ${index} hears ${others}`);
    }
    manager.send('DropParticipantReq', { conferenceId: 1, callReference: 11 });
    expect(await manager.audit(1)).toEqual([12, 13]);
    await until(() => same(parties[1]?.hears() ?? [], [TONES[2]]), 'the dropped party to be gone');
    await until(() => same(parties[0]?.hears() ?? [], []), 'the dropped party to hear nothing');
  });

  test('what does not authenticate is counted, reported and never mixed', async () => {
    const manager = await FakeManager.start({});
    await manager.create(1);
    const victim = await manager.join(1, 11, { algorithm: 1, compression: 4, toneHz: TONES[0] });
    await manager.join(1, 12, { algorithm: 1, compression: 4, toneHz: TONES[1] });
    await until(() => same(victim.hears(), [TONES[1]]), 'the other tone');
    const intruder = createSocket('udp4');
    open.push({ close: () => intruder.close() });
    const clear = new Uint8Array(172).fill(0x55);
    clear.set([0x80, 0]);
    for (let count = 0; count < 20; count += 1) {
      const garbage = randomBytes(182);
      garbage.set([0x80, 0]);
      intruder.send(garbage, manager.portOf(12));
      intruder.send(clear, manager.portOf(12));
    }
    const legOf = (): number =>
      manager.bridge.status().legs.find((leg) => leg.callReference === 12)?.unauthenticated ?? 0;
    await until(() => legOf() >= 40, 'forty packets to be counted');
    manager.bridge.reportFailures(1);
    expect((await manager.next('Alarm')).text).toContain('not authenticated');
    expect(same(victim.hears(), [TONES[1]])).toBe(true);
  });

  test('an RTP leg hears only the sender that signalling named', async () => {
    const manager = await FakeManager.start({});
    await manager.create(1);
    await manager.join(1, 11, { algorithm: 0, compression: 4, toneHz: TONES[0] });
    const intruder = createSocket('udp4');
    open.push({ close: () => intruder.close() });
    const packet = new Uint8Array(172);
    packet.set([0x80, 0]);
    for (let count = 0; count < 5; count += 1) intruder.send(packet, manager.portOf(11));
    await until(
      () => (manager.bridge.status().legs[0]?.wrongSource ?? 0) >= 5,
      'five to be counted',
    );
  });

  test.each([
    [3, 16, 14],
    [5, 16, 12],
    [1, 8, 14],
    [1, 16, 0],
  ])(
    'algorithm %i with %i and %i bytes is refused, not downgraded',
    async (algorithmID, key, salt) => {
      const manager = await FakeManager.start({});
      await manager.create(1);
      await manager.add(1, 11);
      manager.send('OpenReceiveChannel', {
        conferenceId: 1,
        passThroughPartyId: 1,
        callReference: 11,
        compressionType: 4,
        mRxMediaEncryptionKeyInfo: {
          algorithmID,
          key: new Uint8Array(key),
          salt: new Uint8Array(salt),
        },
      });
      expect((await manager.next('OpenReceiveChannelAck')).mediaReceptionStatus).not.toBe(0);
    },
  );
});

test('signalling lost: every conference ends at once', async () => {
  const manager = await FakeManager.start({});
  await manager.create(1);
  await manager.join(1, 11, { algorithm: 1, compression: 4, toneHz: TONES[0] });
  expect(manager.bridge.status().legs).toHaveLength(1);
  manager.hangUp();
  await until(() => manager.bridge.status().conferences === 0, 'the end of all conferences');
});

interface JoinWish {
  readonly algorithm: 0 | 1 | 2;
  readonly compression: number;
  readonly toneHz: number;
}

/** A participant: plays its tone every 20 ms and remembers half a second of what it hears. */
class Party {
  readonly media = new MediaChannel();
  readonly #tone: ToneGenerator;
  readonly #clock = new MediaClock(() => this.#tick());
  readonly #out = new Int16Array(FRAME_SAMPLES);
  readonly #in = new Int16Array(FRAME_SAMPLES);
  readonly #payload = new Uint8Array(FRAME_SAMPLES);
  readonly #heard = new Int16Array(4000);

  constructor(toneHz: number) {
    this.#tone = new ToneGenerator({ frequenciesHz: [toneHz], levelDbov: -15 });
    this.#clock.start();
  }

  hears(): readonly number[] {
    return detectTones(this.#heard, TONES);
  }

  close(): void {
    this.#clock.stop();
    this.media.close();
  }

  #tick(): void {
    this.#tone.write(this.#out);
    this.media.transmitCodec?.encode(this.#out, this.#payload);
    this.media.send(this.#payload);
    this.#in.fill(0);
    this.media.take(this.#in);
    this.#heard.copyWithin(0, FRAME_SAMPLES);
    this.#heard.set(this.#in, 4000 - FRAME_SAMPLES);
  }
}

/** A call manager that admits one bridge and does what the test says. */
class FakeManager {
  readonly #ports = new Map<number, number>();
  readonly #inbox: AnyMessage[] = [];
  #connection: StreamConnection | undefined;
  #bridge: Bridge | undefined;
  #wake = (): void => {};

  static async start(options: { sessions?: number; parties?: number }): Promise<FakeManager> {
    const manager = new FakeManager();
    const listener = new StreamListener({
      port: 0,
      host: '127.0.0.1',
      onConnection: (connection) => manager.#serve(connection),
    });
    open.push(listener);
    const port = await listener.listen();
    manager.#bridge = await Bridge.open({
      name: 'CFB-TEST',
      host: '127.0.0.1',
      port,
      sessions: options.sessions ?? 4,
      parties: options.parties ?? 8,
      protocolVersion: VERSION,
      onClosed: () => {},
    });
    open.push(manager.bridge);
    await manager.next('MediaResourceNotification');
    return manager;
  }

  get bridge(): Bridge {
    if (!this.#bridge) throw new Error('the bridge is open');
    return this.#bridge;
  }

  send<N extends MessageName>(name: N, body: BodyInput<N>): void {
    this.#connection?.send(encodeMessage(name, body, VERSION));
  }

  /** The next message of this name; others before it are passed over. */
  async next<N extends MessageName>(name: N): Promise<Message<N>['body']> {
    for (;;) {
      const message = this.#inbox.shift();
      if (message?.name === name) return (message as Message<N>).body;
      if (message) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async create(conferenceId: number): Promise<Message<'CreateConferenceRes'>['body']> {
    this.send('CreateConferenceReq', { conferenceId, numberOfReservedParticipants: 3 });
    return await this.next('CreateConferenceRes');
  }

  async add(conferenceId: number, callReference: number): Promise<number> {
    this.send('AddParticipantReq', { conferenceId, callReference, participantName: 'Someone' });
    return (await this.next('AddParticipantRes')).add_participant_result;
  }

  async audit(conferenceId: number): Promise<readonly number[]> {
    this.send('AuditParticipantReq', { conferenceId });
    return (await this.next('AuditParticipantRes')).participantEntry;
  }

  /** Adds a participant and connects its media, as a call manager does. */
  async join(conferenceId: number, callReference: number, wish: JoinWish): Promise<Party> {
    await this.add(conferenceId, callReference);
    const party = new Party(wish.toneHz);
    open.push(party);
    const keys = [0, 1].map(() => ({
      algorithmID: wish.algorithm,
      key: wish.algorithm ? new Uint8Array(randomBytes(16)) : new Uint8Array(0),
      salt: wish.algorithm ? new Uint8Array(randomBytes(14)) : new Uint8Array(0),
    }));
    const [toBridge, toParty] = keys;
    if (!toBridge || !toParty) throw new Error('there are two keys');
    const place = { conferenceId, callReference, passThroughPartyId: callReference + 100 };
    const compressionType = wish.compression;
    this.send('OpenReceiveChannel', {
      ...place,
      compressionType,
      mRxMediaEncryptionKeyInfo: toBridge,
    });
    const { portNumber, mediaReceptionStatus } = await this.next('OpenReceiveChannelAck');
    expect(mediaReceptionStatus).toBe(0);
    this.#ports.set(callReference, portNumber);
    const partyPort = await party.media.openReceive(wish.compression, toParty, '127.0.0.1');
    this.send('StartMediaTransmission', {
      ...place,
      compressionType,
      remoteIpAddr: '127.0.0.1',
      remotePortNumber: partyPort,
      mTxMediaEncryptionKeyInfo: toParty,
    });
    expect((await this.next('StartMediaTransmissionAck')).mediaTransmissionStatus).toBe(0);
    party.media.startTransmit(wish.compression, toBridge, {
      address: '127.0.0.1',
      port: portNumber,
    });
    return party;
  }

  portOf(callReference: number): number {
    return this.#ports.get(callReference) ?? 0;
  }

  hangUp(): void {
    this.#connection?.destroy('test');
  }

  #serve(connection: StreamConnection): void {
    this.#connection = connection;
    const reader = new FrameReader();
    connection.open({
      onClose: () => {},
      onData: (chunk) => {
        const read = reader.push(chunk);
        for (const frame of read.ok ? read.value : []) {
          const decoded = decodeMessage(frame);
          if (!decoded.ok) throw new Error(decoded.error);
          this.#take(decoded.value);
        }
      },
    });
  }

  #take(message: AnyMessage): void {
    if (message.name === 'RegisterReq') {
      expect(message.body.sid.DeviceName).toBe('CFB-TEST');
      this.send('RegisterAck', { keepAliveInterval: 30, maxProtocolVer: VERSION });
      this.send('CapabilitiesReq', {});
    }
    this.#inbox.push(message);
    this.#wake();
  }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function same(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}
