/**
 * A device's side of one SCCP connection: registration, capabilities, keep-alive. Phones and bridges
 * share it; what else the call manager says passes through as messages.
 *
 * Sans I/O: `handleClient` takes what happened and the time, and gives the next state and what to do.
 */
import { unreachable } from '@conclave/base';
import type { AnyMessage, BodyInput, MessageName } from '../wire/types.ts';

/** A call manager that has not answered the registration by then is given up. */
const REGISTER_TIMEOUT_MS = 15_000;

/** Keep-alives that may go unanswered. */
const UNANSWERED_MAX = 3;

/** A call manager that asks for less than one an hour is not believed. */
const KEEP_ALIVE_MAX_S = 3600;

/** Before the call manager has said so. */
const KEEP_ALIVE_DEFAULT_S = 30;

export interface ClientIdentity {
  readonly registration: BodyInput<'RegisterReq'>;
  /** Payload capability numbers in order of preference. */
  readonly capabilities: readonly number[];
}

export interface ClientSession {
  readonly identity: ClientIdentity;
  readonly phase: 'new' | 'registering' | 'registered' | 'closed';
  /** Negotiated; that of our offer until then. */
  readonly version: number;
  readonly keepAliveMs: number;
  readonly unanswered: number;
  readonly deadlineMs: number;
}

export type ClientInput =
  | { readonly type: 'connected' }
  | { readonly type: 'message'; readonly message: AnyMessage }
  | { readonly type: 'unregister' }
  | { readonly type: 'clock' };

export type ClientOutput =
  | {
      [N in MessageName]: {
        readonly type: 'send';
        readonly name: N;
        readonly body: BodyInput<N>;
      };
    }[MessageName]
  | { readonly type: 'registered'; readonly version: number }
  /** Followed by `close`; the text is the call manager's. */
  | { readonly type: 'rejected'; readonly text: string }
  | { readonly type: 'message'; readonly message: AnyMessage }
  | { readonly type: 'close'; readonly reason: string };

export interface ClientStep {
  readonly session: ClientSession;
  readonly outputs: readonly ClientOutput[];
}

export function newClientSession(identity: ClientIdentity, nowMs: number): ClientSession {
  return {
    identity,
    phase: 'new',
    version: identity.registration.protocolVer ?? 0,
    keepAliveMs: KEEP_ALIVE_DEFAULT_S * 1000,
    unanswered: 0,
    deadlineMs: nowMs + REGISTER_TIMEOUT_MS,
  };
}

export function handleClient(
  session: ClientSession,
  input: ClientInput,
  nowMs: number,
): ClientStep {
  if (session.phase === 'closed') return { session, outputs: [] };
  switch (input.type) {
    case 'connected':
      return {
        session: {
          ...session,
          phase: 'registering',
          deadlineMs: nowMs + REGISTER_TIMEOUT_MS,
        },
        outputs: [{ type: 'send', name: 'RegisterReq', body: session.identity.registration }],
      };
    case 'message':
      return onMessage(session, input.message, nowMs);
    case 'unregister':
      return close(session, 'unregistered', [{ type: 'send', name: 'UnregisterReq', body: {} }]);
    case 'clock':
      return onClock(session, nowMs);
    default:
      return unreachable(input);
  }
}

function onMessage(session: ClientSession, message: AnyMessage, nowMs: number): ClientStep {
  switch (message.name) {
    case 'RegisterAck': {
      const asked = message.body.keepAliveInterval || KEEP_ALIVE_DEFAULT_S;
      const seconds = Math.min(asked, KEEP_ALIVE_MAX_S);
      const version = Math.min(session.version, message.body.maxProtocolVer || session.version);
      return {
        session: {
          ...session,
          phase: 'registered',
          version,
          keepAliveMs: seconds * 1000,
          deadlineMs: nowMs + seconds * 1000,
        },
        outputs: [{ type: 'registered', version }],
      };
    }
    case 'RegisterReject':
      return close(session, 'registration rejected', [
        { type: 'rejected', text: message.body.text },
      ]);
    case 'CapabilitiesReq':
      return {
        session,
        outputs: [
          {
            type: 'send',
            name: 'CapabilitiesRes',
            body: {
              caps: session.identity.capabilities.map((payloadCapability) => ({
                payloadCapability,
                maxFramesPerPacket: 20,
              })),
            },
          },
        ],
      };
    case 'KeepAliveAck':
      return { session: { ...session, unanswered: 0 }, outputs: [] };
    case 'Reset':
      return close(session, 'reset by the call manager');
    default:
      return { session, outputs: [{ type: 'message', message }] };
  }
}

function onClock(session: ClientSession, nowMs: number): ClientStep {
  if (nowMs < session.deadlineMs) return { session, outputs: [] };
  if (session.phase !== 'registered') return close(session, 'the call manager does not answer');
  if (session.unanswered >= UNANSWERED_MAX) {
    return close(session, 'keep-alives went unanswered');
  }
  return {
    session: {
      ...session,
      unanswered: session.unanswered + 1,
      deadlineMs: nowMs + session.keepAliveMs,
    },
    outputs: [{ type: 'send', name: 'KeepAliveReq', body: {} }],
  };
}

function close(
  session: ClientSession,
  reason: string,
  before: readonly ClientOutput[] = [],
): ClientStep {
  return {
    session: { ...session, phase: 'closed', deadlineMs: Number.POSITIVE_INFINITY },
    outputs: [...before, { type: 'close', reason }],
  };
}
