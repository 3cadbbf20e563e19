/**
 * A conference bridge's side of one SCCP connection: registration as of any device (client-session.ts
 * does that part), the announcement of its streams, and then conferences: what the call manager asks
 * comes out as commands, what the mixer says to them goes in as answers.
 *
 * Sans I/O: `handleBridge` takes what happened and the time, and gives the next state and what to do,
 * in order; `deadlineOf` says when to come back with `clock`.
 *
 * Invariants: no command before the call manager has accepted the registration; whatever ends a
 * registered session, `end-conferences` comes out exactly once, before `close`; nothing comes out
 * after that.
 *
 * Source: sccp.md, "Bridges and other media resources".
 */
import { unreachable } from '@conclave/base';
import { AlarmSeverity, DeviceType, MediaPayloadType } from '../wire/enumerations.ts';
import type { AnyMessage, Body } from '../wire/types.ts';
import { answerMessages, type BridgeAnswer, type BridgeSend } from './bridge-answers.ts';
import { type BridgeCommand, commandOf, type ParticipantReference } from './bridge-commands.ts';
import {
  type ClientIdentity,
  type ClientInput,
  type ClientOutput,
  type ClientSession,
  handleClient,
  newClientSession,
} from './client-session.ts';

/**
 * [inferred] Which number of the conference-bridge family an IOS Enhanced bridge sends is unknown; a
 * capture of one that registers would tell.
 */
const BRIDGE_DEVICE_TYPE: number = DeviceType.ConferenceBridgeHetroGen;

/** A call manager that names a longer keep-alive interval gets one an hour. */
const KEEP_ALIVE_MAX_S = 3_600;

/** Packets that fail after each other on one leg before the call manager hears of it: 100 ms. */
const FAILURE_BURST_PACKETS = 5;

/** The call manager hears of one leg's failures at most this often. */
const FAILURE_ALARM_INTERVAL_MS = 10_000;

export interface BridgeIdentity {
  /** At most 15 characters: the name under which the call manager knows us. */
  readonly name: string;
  /** Our address on the signalling connection. */
  readonly address: string;
  readonly conferencesMax: number;
  /** Of one conference; at most `CONFERENCE_PARTIES_MAX`. */
  readonly partiesMax: number;
  /** The highest that we offer. */
  readonly protocolVersion: number;
}

/** What the call manager last heard of a leg's failures. */
interface FailureReport {
  readonly atMs: number;
  readonly packets: number;
}

export interface BridgeSession {
  readonly identity: BridgeIdentity;
  readonly client: ClientSession;
  /** Whether the call manager knows our streams. */
  readonly announced: boolean;
  /** Messages that no bridge has a use for, or that came out of order. */
  readonly ignored: number;
  /** By leg; a leg that never failed has none. */
  readonly failures: ReadonlyMap<string, FailureReport>;
}

export type BridgeInput =
  | { readonly type: 'connected' }
  | { readonly type: 'message'; readonly message: AnyMessage }
  /** Time has reached the deadline. */
  | { readonly type: 'clock' }
  | { readonly type: 'unregister' }
  /** The connection is gone. */
  | { readonly type: 'disconnected' }
  /** How many packets of a leg failed so far; given as often as one likes. */
  | ({ readonly type: 'authentication-failures'; readonly packets: number } & ParticipantReference)
  | BridgeAnswer;

export type BridgeOutput =
  | BridgeSend
  | BridgeCommand
  | { readonly type: 'registered'; readonly version: number }
  /** The call manager's text; `close` follows. */
  | { readonly type: 'rejected'; readonly text: string }
  /** Nobody is left who could tell the truth: every conference ends, now. */
  | { readonly type: 'end-conferences' }
  | { readonly type: 'close'; readonly reason: string };

export interface BridgeStep {
  readonly session: BridgeSession;
  readonly outputs: readonly BridgeOutput[];
}

export function newBridgeSession(identity: BridgeIdentity, nowMs: number): BridgeSession {
  return {
    identity,
    client: newClientSession(clientIdentityOf(identity), nowMs),
    announced: false,
    ignored: 0,
    failures: new Map(),
  };
}

/** When to come with `clock`; undefined when the session has ended. */
export function deadlineOf(session: BridgeSession): number | undefined {
  return session.client.phase === 'closed' ? undefined : session.client.deadlineMs;
}

export function handleBridge(
  session: BridgeSession,
  input: BridgeInput,
  nowMs: number,
): BridgeStep {
  if (session.client.phase === 'closed') return { session, outputs: [] };
  switch (input.type) {
    case 'message':
      return onMessage(session, input.message, nowMs);
    case 'connected':
    case 'clock':
    case 'unregister':
      return onDevice(session, input, nowMs);
    case 'disconnected':
      return {
        session: { ...session, client: { ...session.client, phase: 'closed' } },
        outputs: endOf(session),
      };
    case 'authentication-failures':
      return onFailures(session, input, nowMs);
    default:
      // An answer to nobody is not sent: before the registration nothing was asked.
      return { session, outputs: isRegistered(session) ? answerMessages(input) : [] };
  }
}

function onMessage(session: BridgeSession, message: AnyMessage, nowMs: number): BridgeStep {
  switch (message.name) {
    case 'RegisterAck': {
      if (session.client.phase !== 'registering') return ignored(session);
      return onDevice(session, { type: 'message', message: withinBounds(message.body) }, nowMs);
    }
    case 'CapabilitiesReq': {
      if (!isRegistered(session)) return ignored(session);
      const answered = onDevice(session, { type: 'message', message }, nowMs);
      return announce(answered);
    }
    case 'RegisterReject':
    case 'KeepAliveAck':
    case 'Reset':
      return onDevice(session, { type: 'message', message }, nowMs);
    default:
      return isRegistered(session) ? onConference(session, message) : ignored(session);
  }
}

function onConference(session: BridgeSession, message: AnyMessage): BridgeStep {
  const command = commandOf(message);
  if (command === undefined) return ignored(session);
  if ('type' in command) {
    return { session: forgetFailures(session, command), outputs: [command] };
  }
  return { session, outputs: command };
}

/** What is the same for every device. */
function onDevice(session: BridgeSession, input: ClientInput, nowMs: number): BridgeStep {
  const { session: client, outputs } = handleClient(session.client, input, nowMs);
  return {
    session: { ...session, client },
    outputs: outputs.flatMap((output) => outputsOf(session, output)),
  };
}

function outputsOf(session: BridgeSession, output: ClientOutput): readonly BridgeOutput[] {
  switch (output.type) {
    case 'send':
    case 'registered':
    case 'rejected':
      return [output];
    case 'message':
      return [];
    case 'close':
      return [...endOf(session), output];
    default:
      return unreachable(output);
  }
}

function endOf(session: BridgeSession): readonly BridgeOutput[] {
  return isRegistered(session) ? [{ type: 'end-conferences' }] : [];
}

/** After the first answer about capabilities: before it call managers do not listen. */
function announce({ session, outputs }: BridgeStep): BridgeStep {
  if (session.announced) return { session, outputs };
  const { conferencesMax, partiesMax } = session.identity;
  return {
    session: { ...session, announced: true },
    outputs: [
      ...outputs,
      {
        type: 'send',
        name: 'MediaResourceNotification',
        body: {
          deviceType: BRIDGE_DEVICE_TYPE,
          numberOfInServiceStreams: conferencesMax * partiesMax,
          maxStreamsPerConf: partiesMax,
          numberOfOutOfServiceStreams: 0,
        },
      },
    ],
  };
}

function onFailures(
  session: BridgeSession,
  leg: { readonly packets: number } & ParticipantReference,
  nowMs: number,
): BridgeStep {
  const name = nameOf(leg);
  const before = session.failures.get(name);
  const isBurst = leg.packets - (before?.packets ?? 0) >= FAILURE_BURST_PACKETS;
  const isEarly = before !== undefined && nowMs - before.atMs < FAILURE_ALARM_INTERVAL_MS;
  if (!isRegistered(session) || !isBurst || isEarly) return { session, outputs: [] };
  const report: FailureReport = { atMs: nowMs, packets: leg.packets };
  return {
    session: { ...session, failures: new Map(session.failures).set(name, report) },
    outputs: [
      {
        type: 'send',
        name: 'Alarm',
        body: {
          alarmSeverity: AlarmSeverity.Warning,
          text:
            `conference ${leg.conferenceId} call ${leg.callReference}: ` +
            `${leg.packets} packets failed authentication`,
          parm1: leg.callReference,
          parm2: Math.min(leg.packets, 0xffff_ffff),
        },
      },
    ],
  };
}

/** A leg that is gone starts anew when its reference comes back. */
function forgetFailures(session: BridgeSession, command: BridgeCommand): BridgeSession {
  const isGone =
    command.type === 'drop-participant'
      ? (name: string): boolean => name === nameOf(command)
      : command.type === 'delete-conference'
        ? (name: string): boolean => name.startsWith(`${command.conferenceId}/`)
        : undefined;
  if (!isGone || session.failures.size === 0) return session;
  const failures = new Map([...session.failures].filter(([name]) => !isGone(name)));
  return { ...session, failures };
}

function nameOf({ conferenceId, callReference }: ParticipantReference): string {
  return `${conferenceId}/${callReference}`;
}

function ignored(session: BridgeSession): BridgeStep {
  return { session: { ...session, ignored: session.ignored + 1 }, outputs: [] };
}

function isRegistered(session: BridgeSession): boolean {
  return session.client.phase === 'registered';
}

function withinBounds(body: Body<'RegisterAck'>): AnyMessage {
  const keepAliveInterval = Math.min(body.keepAliveInterval, KEEP_ALIVE_MAX_S);
  return { name: 'RegisterAck', body: { ...body, keepAliveInterval } };
}

function clientIdentityOf(identity: BridgeIdentity): ClientIdentity {
  const { name, address, conferencesMax, partiesMax, protocolVersion } = identity;
  return {
    registration: {
      sid: { DeviceName: name, instance: 0 },
      stationIpAddr: address,
      deviceType: BRIDGE_DEVICE_TYPE,
      maxStreams: conferencesMax * partiesMax,
      activeStreams: 0,
      protocolVer: protocolVersion,
      maxConferences: conferencesMax,
      activeConferences: 0,
    },
    capabilities: [MediaPayloadType.G711Ulaw64k, MediaPayloadType.G711Alaw64k],
  };
}
