/** What is measured: the bridge as it is run by people, or the yardstick in its place. */
import { randomBytes } from 'node:crypto';
import { FakeCallManager, type FakeLink } from '@conclave/resource/fake-call-manager';
import { bridgeCommandLine, followTicks, type Ticks } from './bridge-process.ts';
import { Child } from './child.ts';

const KEY_SIZE = 16;
const SALT_SIZE = 14;
const AES_128_COUNTER = 2;
const MU_LAW = 4;

export interface Shape {
  readonly participants: number;
  readonly conferenceSize: number;
  /** Of each conference. */
  readonly talkers: number;
}

/** One leg as both sides of the benchmark are told of it. */
export interface LegPlan {
  /** Of the load. */
  readonly port: number;
  /** What the participant sends with, and what it hears with. */
  readonly send: Uint8Array;
  readonly hear: Uint8Array;
}

export interface Subject {
  readonly child: Child;
  /** Opens the legs and returns their ports. */
  open(plans: readonly LegPlan[]): Promise<readonly number[]>;
  /** Ticks by lateness since its start, as text; empty when it does not tell. */
  ticks(): Promise<Ticks | undefined>;
  end(): Promise<void>;
}

export function planOf(port: number): LegPlan {
  const key = (): Uint8Array => new Uint8Array(randomBytes(KEY_SIZE + SALT_SIZE));
  return { port, send: key(), hear: key() };
}

export function startYardstick(program: string, cpus: string, { participants }: Shape): Subject {
  const child = new Child(['taskset', '-c', cpus, program, String(participants)]);
  return {
    child,
    open: async (plans) => {
      const ports = await child.numbers(participants);
      child.write(plans.map(({ port, send, hear }) => `${port} ${send.toHex()} ${hear.toHex()}`));
      return ports;
    },
    ticks: async () => undefined,
    end: () => child.end(),
  };
}

export async function startBridgeProcess(
  cpus: string,
  { participants, conferenceSize }: Shape,
  options: { readonly env?: NodeJS.ProcessEnv; readonly words?: readonly string[] } = {},
): Promise<Subject> {
  const manager = await FakeCallManager.listen();
  const sessions = Math.ceil(participants / conferenceSize);
  const child = new Child(
    [
      ...['taskset', '-c', cpus, ...bridgeCommandLine(manager.port, sessions, conferenceSize)],
      ...(options.words ?? []),
    ],
    options.env,
  );
  let ticks: Ticks | undefined;
  let told = Promise.withResolvers<void>();
  followTicks(child, (latest) => {
    ticks = latest;
    told.resolve();
  });
  const link = await manager.nextLink();
  return {
    child,
    open: (plans) => openLegs(link, plans, conferenceSize),
    // The next that is told: it may be five seconds away.
    ticks: async () => {
      told = Promise.withResolvers();
      await told.promise;
      return ticks;
    },
    end: async () => {
      await child.end();
      await manager.close();
    },
  };
}

async function openLegs(
  link: FakeLink,
  plans: readonly LegPlan[],
  conferenceSize: number,
): Promise<readonly number[]> {
  const ports: number[] = [];
  for (const [index, plan] of plans.entries()) {
    const conferenceId = 1 + Math.floor(index / conferenceSize);
    if (index % conferenceSize === 0) {
      await link.ask('CreateConferenceReq', { conferenceId }, 'CreateConferenceRes');
    }
    ports.push(await openLeg(link, { conferenceId, callReference: index + 1 }, plan));
  }
  return ports;
}

async function openLeg(
  link: FakeLink,
  names: { readonly conferenceId: number; readonly callReference: number },
  { port, send, hear }: LegPlan,
): Promise<number> {
  const channel = {
    ...names,
    passThroughPartyId: 1000 + names.callReference,
    compressionType: MU_LAW,
    milliSecondPacketSize: 20,
  };
  await link.ask('AddParticipantReq', { ...names, participantName: 'load' }, 'AddParticipantRes');
  const opened = await link.ask(
    'OpenReceiveChannel',
    { ...channel, mRxMediaEncryptionKeyInfo: keyInfo(send) },
    'OpenReceiveChannelAck',
  );
  await link.ask(
    'StartMediaTransmission',
    {
      ...channel,
      remoteIpAddr: '127.0.0.1',
      remotePortNumber: port,
      mTxMediaEncryptionKeyInfo: keyInfo(hear),
    },
    'StartMediaTransmissionAck',
  );
  return opened.portNumber;
}

function keyInfo(bytes: Uint8Array): {
  readonly algorithmID: number;
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
} {
  return {
    algorithmID: AES_128_COUNTER,
    key: bytes.subarray(0, KEY_SIZE),
    salt: bytes.subarray(KEY_SIZE),
  };
}
