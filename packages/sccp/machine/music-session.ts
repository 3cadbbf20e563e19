/**
 * A music-on-hold server's side of one SCCP connection: registration as of any media resource
 * (resource-session.ts does that part), and then streams that are started and stopped. It only sends:
 * whoever asks it to listen is refused.
 *
 * Sans I/O, as bridge-session.ts: what happened goes in, what to do comes out in order. Whatever ends a
 * registered session, `end-streams` comes out exactly once, before `close`.
 *
 * Source: sccp.md, "Bridges and other media resources"; [inferred] the device type and the
 * announcement: a capture of a music server that registers would tell.
 */
import { unreachable } from '@conclave/base';
import { AlarmSeverity, DeviceType, MediaPayloadType, MediaStatus } from '../wire/enumerations.ts';
import type { AnyMessage } from '../wire/types.ts';
import { answerMessages, type BridgeAnswer } from './bridge-answers.ts';
import { type BridgeCommand, commandOf } from './bridge-commands.ts';
import {
  handleResource,
  ignored,
  isRegistered,
  type LinkOutput,
  newResourceSession,
  type ResourceInput,
  type ResourceOutput,
  type ResourceSession,
} from './resource-session.ts';

const MUSIC_DEVICE_TYPE: number = DeviceType.MusicOnHold;

const PACKET_MS = 20;

export interface MusicIdentity {
  /** At most 15 characters: the name under which the call manager knows us. */
  readonly name: string;
  /** Our address on the signalling connection. */
  readonly address: string;
  /** Streams at one time. */
  readonly streamsMax: number;
  /** The highest that we offer. */
  readonly protocolVersion: number;
}

export interface MusicSession extends ResourceSession {
  /** Waits until the call manager knows us: before that it listens to no alarm. */
  readonly alarm: string | undefined;
}

/** In the order in which they are to be carried out; the answer to a stop is none. */
export type MusicCommand = Extract<
  BridgeCommand,
  { readonly type: 'start-transmit' | 'stop-transmit' | 'connection-statistics' }
>;

export type MusicAnswer = Extract<
  BridgeAnswer,
  { readonly type: 'transmit-started' | 'statistics-taken' }
>;

export type MusicInput =
  | ResourceInput
  | MusicAnswer
  /** Something that an administrator should know. */
  | { readonly type: 'alarm'; readonly text: string };

export type MusicOutput =
  | LinkOutput
  | MusicCommand
  /** Nobody is left who could stop them: every stream ends, now. */
  | { readonly type: 'end-streams' };

export interface MusicStep {
  readonly session: MusicSession;
  readonly outputs: readonly MusicOutput[];
}

export function newMusicSession(identity: MusicIdentity, nowMs: number): MusicSession {
  const { name, address, streamsMax, protocolVersion } = identity;
  const session = newResourceSession(
    {
      registration: {
        sid: { DeviceName: name, instance: 0 },
        stationIpAddr: address,
        deviceType: MUSIC_DEVICE_TYPE,
        maxStreams: streamsMax,
        activeStreams: 0,
        protocolVer: protocolVersion,
      },
      capabilities: [MediaPayloadType.G711Ulaw64k, MediaPayloadType.G711Alaw64k],
    },
    {
      deviceType: MUSIC_DEVICE_TYPE,
      numberOfInServiceStreams: streamsMax,
      maxStreamsPerConf: 0,
      numberOfOutOfServiceStreams: 0,
    },
    nowMs,
  );
  return { ...session, alarm: undefined };
}

export function handleMusic(session: MusicSession, input: MusicInput, nowMs: number): MusicStep {
  switch (input.type) {
    case 'transmit-started':
    case 'statistics-taken':
      return { session, outputs: isRegistered(session) ? answerMessages(input) : [] };
    case 'alarm':
      if (!session.announced) return { session: { ...session, alarm: input.text }, outputs: [] };
      return { session, outputs: isRegistered(session) ? [alarm(input.text)] : [] };
    default:
      return onResource(session, input, nowMs);
  }
}

function onResource(session: MusicSession, input: ResourceInput, nowMs: number): MusicStep {
  const step = handleResource(session, input, nowMs);
  const unknown = step.outputs.some(
    (output) => output.type === 'message' && !isForMusic(output.message),
  );
  const isNew = step.session.announced && !session.announced;
  const waited = isNew && session.alarm !== undefined ? [alarm(session.alarm)] : [];
  return {
    session: unknown ? ignored(step.session) : step.session,
    outputs: [...step.outputs.flatMap(ownOf), ...waited],
  };
}

function ownOf(output: ResourceOutput): readonly MusicOutput[] {
  switch (output.type) {
    case 'message':
      return isForMusic(output.message) ? commandsOf(output.message) : [];
    case 'lost':
      return [{ type: 'end-streams' }];
    case 'send':
    case 'registered':
    case 'rejected':
    case 'close':
      return [output];
    default:
      return unreachable(output);
  }
}

function isForMusic({ name }: AnyMessage): boolean {
  return (
    name === 'StartMediaTransmission' ||
    name === 'StopMediaTransmission' ||
    name === 'OpenReceiveChannel' ||
    name === 'ConnectionStatisticsReq'
  );
}

/** The command, or the refusal of what no music server does. */
function commandsOf(message: AnyMessage): readonly MusicOutput[] {
  const command = commandOf(message);
  if (command === undefined) return [];
  if (!('type' in command)) return command;
  switch (command.type) {
    case 'start-transmit':
      return refusalOf(command) ?? [command];
    case 'stop-transmit':
    case 'connection-statistics':
      return [command];
    case 'open-receive': {
      const { conferenceId, callReference, passThroughPartyId } = command;
      const channel = { conferenceId, callReference, passThroughPartyId, address: '', port: 0 };
      const status = MediaStatus.NotEnoughChannels;
      return answerMessages({ type: 'receive-opened', ...channel, status });
    }
    default:
      return [];
  }
}

/** Music is G.711 in packets of 20 ms. */
function refusalOf(
  command: Extract<BridgeCommand, { type: 'start-transmit' }>,
): readonly MusicOutput[] | undefined {
  const { conferenceId, callReference, passThroughPartyId, payloadType, packetMs } = command;
  const channel = { conferenceId, callReference, passThroughPartyId, address: '', port: 0 };
  if (payloadType === 9) {
    const status = MediaStatus.InvalidCodec;
    return answerMessages({ type: 'transmit-started', ...channel, status });
  }
  if (packetMs === PACKET_MS) return undefined;
  const status = MediaStatus.InvalidPacketSize;
  return answerMessages({ type: 'transmit-started', ...channel, status });
}

function alarm(text: string): MusicOutput {
  return {
    type: 'send',
    name: 'Alarm',
    body: { alarmSeverity: AlarmSeverity.Warning, text, parm1: 0, parm2: 0 },
  };
}
