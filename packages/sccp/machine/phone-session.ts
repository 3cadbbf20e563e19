/**
 * The phone's side of SCCP: registration, questions, keep-alive, screen, keys and media requests.
 *
 * Sans I/O: `handlePhone` takes what happened and the time, and gives the next state and what to do.
 * Sockets, streams and sound belong to whoever carries the outputs out, in order.
 *
 * Built on the client session that bridges use too; what a phone adds is in the `phone-*.ts` beside
 * this file. A message that a phone does not know is passed over, as phones do.
 */
import { unreachable } from '@conclave/base';
import { MediaStatus, ResetType } from '../wire/enumerations.ts';
import type { AnyMessage, Body } from '../wire/types.ts';
import {
  type ClientInput,
  type ClientOutput,
  type ClientSession,
  handleClient,
  newClientSession,
} from './client-session.ts';
import {
  type CommandError,
  type OutgoingMessage,
  type PhoneCommand,
  runCommand,
} from './phone-commands.ts';
import {
  channelOf,
  type MediaRefusal,
  type PhoneChannel,
  type PhoneEndpoint,
  type PhoneStreamCounters,
  type ReceiveRequest,
  receiveAck,
  receiveRequestOf,
  statisticsAnswer,
  type TransmitRequest,
  transmitAck,
  transmitRequestOf,
} from './phone-media.ts';
import {
  ANSWER_TIMEOUT_MS,
  alarmOf,
  clientIdentityOf,
  firstQuestions,
  type PhoneIdentity,
  type Question,
  questionsAfterTemplate,
} from './phone-registration.ts';
import {
  BLANK_SCREEN,
  type Screen,
  screenAfter,
  screenAt,
  screenDeadlineMs,
} from './phone-screen.ts';

const NOWHERE: PhoneEndpoint = { address: '0.0.0.0', port: 0 };

export type RegistrationState = 'off' | 'registering' | 'registered' | 'rejected' | 'lost';

export interface PhoneSession {
  readonly identity: PhoneIdentity;
  readonly client: ClientSession;
  readonly registration: RegistrationState;
  /** The call manager's text for a rejection, or why the connection ended. */
  readonly reason: string;
  readonly screen: Screen;
  /** The first one is being asked; empty once all are answered. */
  readonly questions: readonly Question[];
  /** When to pass over the question that is being asked; Infinity when none is. */
  readonly answerDeadlineMs: number;
  /** Texts that go away by themselves stay until others come: for users that keep time themselves. */
  readonly keepsTexts: boolean;
}

export type PhoneInput =
  | { readonly type: 'connected' }
  /** The connection is gone, whoever ended it. */
  | { readonly type: 'disconnected'; readonly reason: string }
  | { readonly type: 'message'; readonly message: AnyMessage }
  | { readonly type: 'command'; readonly command: PhoneCommand }
  /** Says goodbye. */
  | { readonly type: 'unregister' }
  | {
      readonly type: 'receive-opened';
      readonly channel: PhoneChannel;
      readonly endpoint: PhoneEndpoint;
    }
  | { readonly type: 'receive-failed'; readonly channel: PhoneChannel }
  | {
      readonly type: 'transmit-started';
      readonly channel: PhoneChannel;
      readonly endpoint: PhoneEndpoint;
    }
  | { readonly type: 'transmit-failed'; readonly channel: PhoneChannel }
  | {
      readonly type: 'statistics';
      readonly asked: Body<'ConnectionStatisticsReq'>;
      readonly counters: PhoneStreamCounters;
    }
  /** Time has reached the deadline. */
  | { readonly type: 'clock' };

export type PhoneOutput =
  | { readonly type: 'send'; readonly message: OutgoingMessage }
  /** The call manager has acknowledged us and answered our questions. */
  | { readonly type: 'registered'; readonly version: number }
  /** Followed by `close`. */
  | { readonly type: 'rejected'; readonly text: string }
  /** Followed by `close`. */
  | { readonly type: 'reset'; readonly kind: 'reset' | 'restart' | 'apply-config' }
  /** A command was not carried out. */
  | { readonly type: 'refused'; readonly error: CommandError; readonly detail: string }
  /** Answer with `receive-opened` or `receive-failed`, and wipe the key. */
  | { readonly type: 'open-receive'; readonly request: ReceiveRequest }
  | { readonly type: 'close-receive'; readonly channel: PhoneChannel }
  /** Answer with `transmit-started` or `transmit-failed`, and wipe the key. */
  | { readonly type: 'start-transmit'; readonly request: TransmitRequest }
  | { readonly type: 'stop-transmit'; readonly channel: PhoneChannel }
  /** The phone has refused a stream that it cannot open. */
  | { readonly type: 'media-refused'; readonly refusal: MediaRefusal }
  /** Answer with `statistics`. */
  | { readonly type: 'statistics-asked'; readonly asked: Body<'ConnectionStatisticsReq'> }
  /** Close the connection and all media. */
  | { readonly type: 'close'; readonly reason: string };

export interface PhoneStep {
  readonly session: PhoneSession;
  readonly outputs: readonly PhoneOutput[];
}

export function newPhoneSession(
  identity: PhoneIdentity,
  nowMs: number,
  keepsTexts = false,
): PhoneSession {
  return {
    identity,
    client: newClientSession(clientIdentityOf(identity), nowMs),
    registration: 'off',
    reason: '',
    screen: BLANK_SCREEN,
    questions: [],
    answerDeadlineMs: Number.POSITIVE_INFINITY,
    keepsTexts,
  };
}

export function handlePhone(session: PhoneSession, input: PhoneInput, nowMs: number): PhoneStep {
  switch (input.type) {
    case 'connected': {
      const registering: PhoneSession = { ...session, registration: 'registering' };
      const alarm = send({ name: 'Alarm', body: alarmOf(session.identity) });
      return after([alarm], client(registering, input, nowMs));
    }
    case 'disconnected':
      return disconnected(session, input.reason);
    case 'message':
      return onMessage(session, input.message, nowMs);
    case 'unregister':
      return client({ ...session, registration: 'off', reason: 'unregistered' }, input, nowMs);
    case 'clock':
      return onClock(session, nowMs);
    case 'command':
      return onCommand(session, input.command);
    default:
      return sends(session, answerOf(session, input));
  }
}

/** When to call again with `clock`. */
export function phoneDeadlineMs(session: PhoneSession): number {
  return Math.min(
    session.client.deadlineMs,
    session.answerDeadlineMs,
    session.keepsTexts ? Number.POSITIVE_INFINITY : screenDeadlineMs(session.screen),
  );
}

function onMessage(session: PhoneSession, message: AnyMessage, nowMs: number): PhoneStep {
  if (session.client.phase === 'closed') return { session, outputs: [] };
  if (message.name === 'Reset') {
    const { RESTART, APPLY_CONFIG } = ResetType;
    const { resetType } = message.body;
    const kind =
      resetType === RESTART ? 'restart' : resetType === APPLY_CONFIG ? 'apply-config' : 'reset';
    return after([{ type: 'reset', kind }], client(session, { type: 'message', message }, nowMs));
  }
  return client(session, { type: 'message', message }, nowMs);
}

/** Lets the client session take an input, and does a phone's part of what comes out. */
function client(session: PhoneSession, input: ClientInput, nowMs: number): PhoneStep {
  const { session: next, outputs } = handleClient(session.client, input, nowMs);
  let step: PhoneStep = { session: { ...session, client: next }, outputs: [] };
  for (const output of outputs) {
    step = after(step.outputs, carryOut(step.session, output, nowMs));
  }
  return step;
}

function carryOut(session: PhoneSession, output: ClientOutput, nowMs: number): PhoneStep {
  switch (output.type) {
    case 'send': {
      const sent = send({ name: output.name, body: output.body } as OutgoingMessage);
      // Phones tell what they can before they ask what they are.
      const asksNow = output.name === 'CapabilitiesRes' && session.registration === 'registering';
      const step = { session, outputs: [sent] };
      if (!asksNow || session.questions.length > 0) return step;
      return after(step.outputs, ask(session, firstQuestions(session.identity), nowMs));
    }
    case 'registered':
      // A call manager that never asks for capabilities is asked all the same.
      return {
        session: { ...session, answerDeadlineMs: nowMs + ANSWER_TIMEOUT_MS },
        outputs: [],
      };
    case 'rejected':
      return {
        session: { ...session, registration: 'rejected', reason: output.text },
        outputs: [{ type: 'rejected', text: output.text }],
      };
    case 'message':
      return whileRegistered(session, output.message, nowMs);
    case 'close':
      return after(
        [{ type: 'close', reason: output.reason }],
        disconnected(session, output.reason),
      );
    default:
      return unreachable(output);
  }
}

/** What is left of a phone without its call manager: its reason, and an empty screen. */
function disconnected(session: PhoneSession, reason: string): PhoneStep {
  const ended = session.registration === 'rejected' || session.registration === 'off';
  return {
    session: {
      ...session,
      client: { ...session.client, phase: 'closed', deadlineMs: Number.POSITIVE_INFINITY },
      registration: ended ? session.registration : 'lost',
      reason: session.reason || reason,
      screen: { ...BLANK_SCREEN, notices: session.screen.notices, tones: session.screen.tones },
      questions: [],
      answerDeadlineMs: Number.POSITIVE_INFINITY,
    },
    outputs: [],
  };
}

function whileRegistered(session: PhoneSession, message: AnyMessage, nowMs: number): PhoneStep {
  const shown: PhoneSession = {
    ...session,
    screen: screenAfter(session.screen, message, nowMs),
  };
  const [asked, ...remaining] = shown.questions;
  if (asked?.answers.some((answer) => answer === message.name)) {
    return ask(shown, questionsAfterTemplate(message, remaining), nowMs);
  }
  return onMedia(shown, message);
}

/** Asks the first of these questions; the phone is registered when none is left. */
function ask(session: PhoneSession, questions: readonly Question[], nowMs: number): PhoneStep {
  const said = questions.findIndex((each) => each.answers.length > 0);
  const statements = said < 0 ? questions : questions.slice(0, said);
  const open = said < 0 ? [] : questions.slice(said);
  const outputs = [...statements, ...open.slice(0, 1)].map((each) => send(each.ask));
  if (open.length > 0) {
    return {
      session: { ...session, questions: open, answerDeadlineMs: nowMs + ANSWER_TIMEOUT_MS },
      outputs,
    };
  }
  return {
    session: {
      ...session,
      registration: 'registered',
      questions: [],
      answerDeadlineMs: Number.POSITIVE_INFINITY,
    },
    outputs: [...outputs, { type: 'registered', version: session.client.version }],
  };
}

function onMedia(session: PhoneSession, message: AnyMessage): PhoneStep {
  switch (message.name) {
    case 'OpenReceiveChannel': {
      const request = receiveRequestOf(message.body);
      if (!('status' in request)) {
        return { session, outputs: [{ type: 'open-receive', request }] };
      }
      const ack = receiveAck(request, NOWHERE, request.status);
      return after([{ type: 'media-refused', refusal: request }], sends(session, [ack]));
    }
    case 'StartMediaTransmission': {
      const request = transmitRequestOf(message.body);
      if (!('status' in request)) {
        return { session, outputs: [{ type: 'start-transmit', request }] };
      }
      const { version } = session.client;
      const acks = transmitAck(request, NOWHERE, { status: request.status, version });
      return after([{ type: 'media-refused', refusal: request }], sends(session, acks));
    }
    case 'CloseReceiveChannel':
      return { session, outputs: [{ type: 'close-receive', channel: channelOf(message.body) }] };
    case 'StopMediaTransmission':
      return { session, outputs: [{ type: 'stop-transmit', channel: channelOf(message.body) }] };
    case 'ConnectionStatisticsReq':
      return { session, outputs: [{ type: 'statistics-asked', asked: message.body }] };
    default:
      return { session, outputs: [] };
  }
}

function onClock(session: PhoneSession, nowMs: number): PhoneStep {
  const shown = session.keepsTexts
    ? session
    : { ...session, screen: screenAt(session.screen, nowMs) };
  const step = client(shown, { type: 'clock' }, nowMs);
  const next = step.session;
  if (next.client.phase !== 'registered' || nowMs < next.answerDeadlineMs) return step;
  const questions =
    next.questions.length > 0 ? next.questions.slice(1) : firstQuestions(next.identity);
  return after(step.outputs, ask(next, questions, nowMs));
}

function onCommand(session: PhoneSession, command: PhoneCommand): PhoneStep {
  const done = runCommand(session.screen, command);
  if (!done.ok) {
    const refused = { type: 'refused', error: done.error, detail: done.detail ?? '' } as const;
    return { session, outputs: [refused] };
  }
  return sends({ ...session, screen: done.value.screen }, done.value.messages);
}

type MediaAnswer = Exclude<
  PhoneInput,
  { type: 'connected' | 'disconnected' | 'message' | 'command' | 'unregister' | 'clock' }
>;

function answerOf(session: PhoneSession, input: MediaAnswer): readonly OutgoingMessage[] {
  const { version } = session.client;
  switch (input.type) {
    case 'receive-opened':
      return [receiveAck(input.channel, input.endpoint, MediaStatus.Ok)];
    case 'receive-failed':
      return [receiveAck(input.channel, NOWHERE, MediaStatus.OutOfSockets)];
    case 'transmit-started':
      return transmitAck(input.channel, input.endpoint, { status: MediaStatus.Ok, version });
    case 'transmit-failed':
      return transmitAck(input.channel, NOWHERE, { status: MediaStatus.OutOfSockets, version });
    case 'statistics':
      return [statisticsAnswer(input.asked, input.counters)];
    default:
      return unreachable(input);
  }
}

function send(message: OutgoingMessage): PhoneOutput {
  return { type: 'send', message };
}

/** Messages go out only while there is somebody to hear them. */
function sends(session: PhoneSession, messages: readonly OutgoingMessage[]): PhoneStep {
  const open = session.client.phase !== 'closed';
  return { session, outputs: open ? messages.map(send) : [] };
}

function after(before: readonly PhoneOutput[], step: PhoneStep): PhoneStep {
  return { session: step.session, outputs: [...before, ...step.outputs] };
}
