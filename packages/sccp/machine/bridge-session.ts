/**
 * A conference bridge's side of one SCCP connection: registration as of any media resource
 * (resource-session.ts does that part), and then conferences: what the call manager asks comes out as
 * commands, what the mixer says to them goes in as answers.
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
import { toneOfDigit } from '../wire/dtmf-tone.ts';
import { AlarmSeverity, DeviceType, MediaPayloadType } from '../wire/enumerations.ts';
import type { AnyMessage } from '../wire/types.ts';
import { answerMessages, type BridgeAnswer } from './bridge-answers.ts';
import { type BridgeCommand, commandOf, type ParticipantReference } from './bridge-commands.ts';
import type { ClientIdentity } from './client-session.ts';
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

/**
 * [inferred] Which number of the conference-bridge family an IOS Enhanced bridge sends is unknown; a
 * capture of one that registers would tell.
 */
const BRIDGE_DEVICE_TYPE: number = DeviceType.ConferenceBridgeHetroGen;

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
  /** Mixes G.722 too; absent: G.711 only. */
  readonly wideband?: boolean;
}

/** What the call manager last heard of a leg's failures. */
interface FailureReport {
  readonly atMs: number;
  readonly packets: number;
}

export interface BridgeSession extends ResourceSession {
  readonly identity: BridgeIdentity;
  /** By leg; a leg that never failed has none. */
  readonly failures: ReadonlyMap<string, FailureReport>;
}

/** Packets of an SRTP leg that came in clear or did not authenticate, since the leg was added. */
export interface LegFailureCount extends ParticipantReference {
  readonly packets: number;
}

export type BridgeInput =
  | ResourceInput
  /** How many packets of a leg failed so far; given as often as one likes. */
  | ({ readonly type: 'authentication-failures' } & LegFailureCount)
  /** A key that a participant pressed; one of `0` ... `9`, `*`, `#`, `A` ... `D`. */
  | {
      readonly type: 'digit';
      readonly conferenceId: number;
      readonly passThroughPartyId: number;
      readonly digit: string;
    }
  | BridgeAnswer;

export type BridgeOutput =
  | LinkOutput
  | BridgeCommand
  /** Nobody is left who could tell the truth: every conference ends, now. */
  | { readonly type: 'end-conferences' };

export interface BridgeStep {
  readonly session: BridgeSession;
  readonly outputs: readonly BridgeOutput[];
}

export function newBridgeSession(identity: BridgeIdentity, nowMs: number): BridgeSession {
  const { conferencesMax, partiesMax } = identity;
  const notification = {
    deviceType: BRIDGE_DEVICE_TYPE,
    numberOfInServiceStreams: conferencesMax * partiesMax,
    maxStreamsPerConf: partiesMax,
    numberOfOutOfServiceStreams: 0,
  };
  return {
    ...newResourceSession(clientIdentityOf(identity), notification, nowMs),
    identity,
    failures: new Map(),
  };
}

export function handleBridge(
  session: BridgeSession,
  input: BridgeInput,
  nowMs: number,
): BridgeStep {
  switch (input.type) {
    case 'message':
    case 'connected':
    case 'clock':
    case 'unregister':
    case 'disconnected':
      return onResource(session, input, nowMs);
    case 'digit':
      return { session, outputs: isRegistered(session) ? digitMessages(input) : [] };
    case 'authentication-failures':
      return onFailures(session, input, nowMs);
    default:
      // An answer to nobody is not sent: before the registration nothing was asked.
      return { session, outputs: isRegistered(session) ? answerMessages(input) : [] };
  }
}

function digitMessages({
  digit,
  conferenceId,
  passThroughPartyId: passthruPartyID,
}: Extract<BridgeInput, { type: 'digit' }>): readonly BridgeOutput[] {
  const tone = toneOfDigit(digit);
  if (tone === undefined) return [];
  const body = { tone, conferenceId, passthruPartyID };
  return [{ type: 'send', name: 'NotifyDtmfTone', body }];
}

function onResource(session: BridgeSession, input: ResourceInput, nowMs: number): BridgeStep {
  const step = handleResource(session, input, nowMs);
  let next = step.session;
  const outputs = step.outputs.flatMap((output): readonly BridgeOutput[] => {
    const own = ownOf(next, output);
    next = own.session;
    return own.outputs;
  });
  return { session: next, outputs };
}

function ownOf(session: BridgeSession, output: ResourceOutput): BridgeStep {
  switch (output.type) {
    case 'message':
      return onConference(session, output.message);
    case 'lost':
      return { session, outputs: [{ type: 'end-conferences' }] };
    case 'send':
    case 'registered':
    case 'rejected':
    case 'close':
      return { session, outputs: [output] };
    default:
      return unreachable(output);
  }
}

function onConference(session: BridgeSession, message: AnyMessage): BridgeStep {
  const command = commandOf(message);
  if (command === undefined) return { session: ignored(session), outputs: [] };
  if ('type' in command) {
    return { session: forgetFailures(session, command), outputs: [command] };
  }
  return { session, outputs: command };
}

function onFailures(session: BridgeSession, leg: LegFailureCount, nowMs: number): BridgeStep {
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
          text: failuresText(leg),
          parm1: leg.callReference,
          parm2: Math.min(leg.packets, 0xffff_ffff),
        },
      },
    ],
  };
}

function failuresText({ conferenceId, callReference, packets }: LegFailureCount): string {
  return `conference ${conferenceId} call ${callReference}: ${packets} packets failed authentication`;
}

/** What a bridge's alarm says of a leg; undefined when it is about something else. */
export function failuresOfAlarm(text: string): LegFailureCount | undefined {
  const found = /^conference (\d+) call (\d+): (\d+) packets failed authentication$/.exec(text);
  if (!found) return undefined;
  const [conferenceId = 0, callReference = 0, packets = 0] = found.slice(1).map(Number);
  return { conferenceId, callReference, packets };
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
    capabilities: [
      ...(identity.wideband === true ? [MediaPayloadType.G722_64k] : []),
      MediaPayloadType.G711Ulaw64k,
      MediaPayloadType.G711Alaw64k,
    ],
  };
}
