/**
 * The call manager's side of one SCCP connection: registration, keep-alive, and the questions that a
 * phone asks about itself. Everything that concerns calls passes through as messages.
 *
 * Sans I/O: `handle` takes what happened and the time, and gives the next state and what to do. The
 * session trusts nothing: before a device is admitted only registration messages are heard.
 *
 * Source: sccp.md, "Versions and registration"; [observed] captures of a public server for the order
 * of messages and for which header version each one carries.
 */
import { unreachable } from '@conclave/base';
import { MediaPayloadType } from '../wire/enumerations.ts';
import type { AnyMessage, Body, BodyInput, MessageName } from '../wire/types.ts';
import { answerQuestion } from './server-answers.ts';

/** Versions that the wire knows apart; a device that speaks another gets the next lower one. */
const VERSIONS = [22, 21, 20, 19, 18, 17, 16, 15, 11, 10, 8, 7, 6, 5, 4, 3] as const;

/** Version of devices that do not say: the first that was common. */
const OLDEST_VERSION = 3;

/** A connection that has not registered by then is closed. */
export const REGISTER_TIMEOUT_MS = 20_000;

/** Keep-alive intervals that may pass in silence. */
const SILENT_INTERVALS = 3;

export interface StationLine {
  /** 1-based button. */
  readonly index: number;
  readonly directoryNumber: string;
  readonly displayName: string;
  readonly label: string;
}

/** What the session needs to know of an admitted device to answer its questions. */
export interface StationFacts {
  readonly kind: 'phone' | 'bridge' | 'music';
  readonly lines: readonly StationLine[];
  readonly serverName: string;
  readonly keepAliveSeconds: number;
}

export interface RegisterRequest {
  readonly deviceName: string;
  readonly deviceType: number;
  readonly version: number;
  readonly maxStreams: number;
  readonly maxConferences: number;
  readonly firmware: string;
}

/** In the device's order of preference; of its payload capabilities those that are used. */
export type StationCodec = 'pcmu' | 'pcma' | 'g722';

const STATION_CODECS: ReadonlyMap<number, StationCodec> = new Map([
  [MediaPayloadType.G711Ulaw64k, 'pcmu'],
  [MediaPayloadType.G711Alaw64k, 'pcma'],
  [MediaPayloadType.G722_64k, 'g722'],
]);

export interface ServerSession {
  readonly phase: 'new' | 'asked' | 'acknowledged' | 'registered' | 'closed';
  /** Negotiated; the oldest until then. */
  readonly version: number;
  readonly deviceName: string;
  readonly request?: RegisterRequest;
  readonly facts?: StationFacts;
  readonly deadlineMs: number;
}

export type ServerInput =
  | { readonly type: 'message'; readonly message: AnyMessage }
  /** The shell's verdict on a register request. */
  | { readonly type: 'admit'; readonly facts: StationFacts }
  | { readonly type: 'refuse'; readonly text: string }
  /** Time has reached the deadline. */
  | { readonly type: 'clock' };

export type ServerOutput =
  | {
      [N in MessageName]: {
        readonly type: 'send';
        readonly name: N;
        readonly body: BodyInput<N>;
      };
    }[MessageName]
  /** The shell answers with `admit` or `refuse`. */
  | { readonly type: 'register'; readonly request: RegisterRequest }
  | { readonly type: 'registered'; readonly codecs: readonly StationCodec[] }
  /** A message of a registered device that is not the session's own business. */
  | { readonly type: 'message'; readonly message: AnyMessage }
  | { readonly type: 'close'; readonly reason: string };

export interface ServerStep {
  readonly session: ServerSession;
  readonly outputs: readonly ServerOutput[];
}

export function newServerSession(nowMs: number): ServerSession {
  return {
    phase: 'new',
    version: OLDEST_VERSION,
    deviceName: '',
    deadlineMs: nowMs + REGISTER_TIMEOUT_MS,
  };
}

export function handleServer(
  session: ServerSession,
  input: ServerInput,
  nowMs: number,
): ServerStep {
  if (session.phase === 'closed') return { session, outputs: [] };
  switch (input.type) {
    case 'message':
      return onMessage(session, input.message, nowMs);
    case 'admit':
      return admit(session, input.facts, nowMs);
    case 'refuse':
      return close(session, 'registration refused', [
        { type: 'send', name: 'RegisterReject', body: { text: input.text } },
      ]);
    case 'clock':
      if (nowMs < session.deadlineMs) return { session, outputs: [] };
      return close(
        session,
        session.phase === 'registered' ? 'no keep-alive' : 'did not register in time',
      );
    default:
      return unreachable(input);
  }
}

/** The version both sides speak: the lower one, among those that the wire knows apart. */
export function negotiate(theirs: number): number {
  return VERSIONS.find((version) => version <= theirs) ?? OLDEST_VERSION;
}

function onMessage(session: ServerSession, message: AnyMessage, nowMs: number): ServerStep {
  switch (message.name) {
    case 'RegisterReq':
      return register(session, message.body);
    case 'RegisterTokenReq':
      return { session, outputs: [{ type: 'send', name: 'RegisterTokenAck', body: {} }] };
    case 'Alarm':
      return { session, outputs: [{ type: 'message', message }] };
    case 'KeepAliveReq':
      return {
        session: alive(session, nowMs),
        outputs: [{ type: 'send', name: 'KeepAliveAck', body: {} }],
      };
    case 'UnregisterReq':
      return close(session, 'the device unregistered', [
        { type: 'send', name: 'UnregisterAck', body: { status: 0 } },
      ]);
    case 'CapabilitiesRes':
    case 'UpdateCapabilities':
    case 'CapabilitiesV2Res':
    case 'CapabilitiesV3Res':
      return capabilities(session, message, nowMs);
    default:
      return afterRegistration(session, message, nowMs);
  }
}

function register(session: ServerSession, body: Body<'RegisterReq'>): ServerStep {
  if (session.phase !== 'new') return close(session, 'registered twice on one connection');
  const request: RegisterRequest = {
    deviceName: body.sid.DeviceName,
    deviceType: body.deviceType,
    version: negotiate(body.protocolVer ?? OLDEST_VERSION),
    maxStreams: body.maxStreams,
    maxConferences: body.maxConferences ?? 0,
    firmware: body.firmwareLoadName ?? '',
  };
  return {
    session: { ...session, phase: 'asked', deviceName: request.deviceName, request },
    outputs: [{ type: 'register', request }],
  };
}

function admit(session: ServerSession, facts: StationFacts, nowMs: number): ServerStep {
  if (session.phase !== 'asked' || !session.request) return { session, outputs: [] };
  const { version } = session.request;
  return {
    session: {
      ...session,
      phase: 'acknowledged',
      version,
      facts,
      deadlineMs: nowMs + REGISTER_TIMEOUT_MS,
    },
    outputs: [
      {
        type: 'send',
        name: 'RegisterAck',
        body: {
          keepAliveInterval: facts.keepAliveSeconds,
          secondaryKeepAliveInterval: facts.keepAliveSeconds * 2,
          dateTemplate: 'D/M/Y',
          maxProtocolVer: version,
        },
      },
      { type: 'send', name: 'CapabilitiesReq', body: {} },
    ],
  };
}

/** The first capabilities after the acknowledgement make the device usable. */
function capabilities(session: ServerSession, message: AnyMessage, nowMs: number): ServerStep {
  if (session.phase !== 'acknowledged') return { session: alive(session, nowMs), outputs: [] };
  return {
    session: alive({ ...session, phase: 'registered' }, nowMs),
    outputs: [{ type: 'registered', codecs: codecsOf(message) }],
  };
}

function codecsOf(message: AnyMessage): readonly StationCodec[] {
  const codecs: StationCodec[] = [];
  if (message.name === 'CapabilitiesRes') {
    for (const { payloadCapability } of message.body.caps) {
      const codec = STATION_CODECS.get(payloadCapability);
      if (codec && !codecs.includes(codec)) codecs.push(codec);
    }
  }
  // Every device of this family has µ-law, whatever it lists.
  return codecs.some((codec) => codec !== 'g722') ? codecs : [...codecs, 'pcmu'];
}

function afterRegistration(session: ServerSession, message: AnyMessage, nowMs: number): ServerStep {
  if (session.phase === 'new' || session.phase === 'asked') {
    return close(session, `${message.name} before registration`);
  }
  const next = alive(session, nowMs);
  const answers =
    session.facts &&
    answerQuestion(message, session.deviceName, session.facts, {
      version: session.version,
      nowMs,
    });
  if (answers) return { session: next, outputs: answers };
  if (session.phase !== 'registered') return { session: next, outputs: [] };
  return { session: next, outputs: [{ type: 'message', message }] };
}

/** Any message of a registered device shows that it is there. */
function alive(session: ServerSession, nowMs: number): ServerSession {
  if (session.phase !== 'registered' || !session.facts) return session;
  const silenceMs = session.facts.keepAliveSeconds * 1000 * SILENT_INTERVALS;
  return { ...session, deadlineMs: nowMs + silenceMs };
}

function close(
  session: ServerSession,
  reason: string,
  before: readonly ServerOutput[] = [],
): ServerStep {
  return {
    session: { ...session, phase: 'closed', deadlineMs: Number.POSITIVE_INFINITY },
    outputs: [...before, { type: 'close', reason }],
  };
}
