/**
 * What the sessions of all media resources have in common: registration as of any device
 * (client-session.ts does that part) and the announcement of their streams. What the call manager
 * asks of the resource itself comes out as messages.
 *
 * Invariants: no message before the call manager has accepted the registration; whatever ends a
 * registered session, `lost` comes out exactly once, before `close`; nothing comes out after that.
 *
 * Source: sccp.md, "Bridges and other media resources".
 */
import { unreachable } from '@conclave/base';
import type { AnyMessage, BodyInput } from '../wire/types.ts';
import type { BridgeSend } from './bridge-answers.ts';
import {
  type ClientIdentity,
  type ClientInput,
  type ClientOutput,
  type ClientSession,
  handleClient,
  newClientSession,
} from './client-session.ts';

export interface ResourceSession {
  readonly client: ClientSession;
  /** What the call manager is told of our streams. */
  readonly notification: BodyInput<'MediaResourceNotification'>;
  /** Whether it was told. */
  readonly announced: boolean;
  /** Messages that the resource has no use for, or that came out of order. */
  readonly ignored: number;
}

export type ResourceInput =
  | { readonly type: 'connected' }
  | { readonly type: 'message'; readonly message: AnyMessage }
  /** Time has reached the deadline. */
  | { readonly type: 'clock' }
  | { readonly type: 'unregister' }
  /** The connection is gone. */
  | { readonly type: 'disconnected' };

/** What every resource's session says, whatever else it says. */
export type LinkOutput =
  | BridgeSend
  | { readonly type: 'registered'; readonly version: number }
  /** The call manager's text; `close` follows. */
  | { readonly type: 'rejected'; readonly text: string }
  | { readonly type: 'close'; readonly reason: string };

export type ResourceOutput =
  | LinkOutput
  /** Of a registered resource, and nothing that every device answers. */
  | { readonly type: 'message'; readonly message: AnyMessage }
  /** The registration is gone. */
  | { readonly type: 'lost' };

export interface ResourceStep<S extends ResourceSession> {
  readonly session: S;
  readonly outputs: readonly ResourceOutput[];
}

export function newResourceSession(
  identity: ClientIdentity,
  notification: BodyInput<'MediaResourceNotification'>,
  nowMs: number,
): ResourceSession {
  return {
    client: newClientSession(identity, nowMs),
    notification,
    announced: false,
    ignored: 0,
  };
}

/** When to come with `clock`; undefined when the session has ended. */
export function deadlineOf({ client }: ResourceSession): number | undefined {
  return client.phase === 'closed' ? undefined : client.deadlineMs;
}

export function isRegistered({ client }: ResourceSession): boolean {
  return client.phase === 'registered';
}

/** The session takes whatever else `S` has along. */
export function handleResource<S extends ResourceSession>(
  session: S,
  input: ResourceInput,
  nowMs: number,
): ResourceStep<S> {
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
    default:
      return unreachable(input);
  }
}

export function ignored<S extends ResourceSession>(session: S): S {
  return { ...session, ignored: session.ignored + 1 };
}

function onMessage<S extends ResourceSession>(
  session: S,
  message: AnyMessage,
  nowMs: number,
): ResourceStep<S> {
  switch (message.name) {
    case 'RegisterAck':
      if (session.client.phase !== 'registering') break;
      return onDevice(session, { type: 'message', message }, nowMs);
    case 'CapabilitiesReq':
      if (!isRegistered(session)) break;
      return announce(onDevice(session, { type: 'message', message }, nowMs));
    case 'RegisterReject':
    case 'KeepAliveAck':
    case 'Reset':
      return onDevice(session, { type: 'message', message }, nowMs);
    default:
      if (isRegistered(session)) return { session, outputs: [{ type: 'message', message }] };
  }
  return { session: ignored(session), outputs: [] };
}

/** What is the same for every device. */
function onDevice<S extends ResourceSession>(
  session: S,
  input: ClientInput,
  nowMs: number,
): ResourceStep<S> {
  const { session: client, outputs } = handleClient(session.client, input, nowMs);
  return {
    session: { ...session, client },
    outputs: outputs.flatMap((output) => outputsOf(session, output)),
  };
}

function outputsOf(session: ResourceSession, output: ClientOutput): readonly ResourceOutput[] {
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

function endOf(session: ResourceSession): readonly ResourceOutput[] {
  return isRegistered(session) ? [{ type: 'lost' }] : [];
}

/** After the first answer about capabilities: before it call managers do not listen. */
function announce<S extends ResourceSession>({
  session,
  outputs,
}: ResourceStep<S>): ResourceStep<S> {
  if (session.announced) return { session, outputs };
  return {
    session: { ...session, announced: true },
    outputs: [
      ...outputs,
      { type: 'send', name: 'MediaResourceNotification', body: session.notification },
    ],
  };
}
