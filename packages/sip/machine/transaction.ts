/**
 * The four state machines of SIP transactions, without messages: who holds a transaction keeps its
 * request and its last response, and does what the outputs say.
 *
 * Source: [rfc] RFC 3261 §17.1 and §17.2, with the state Accepted of RFC 6026, which absorbs repeated
 * INVITEs and 2xx responses, and its rule that a response that could not be sent changes no state.
 */
import { unreachable } from '@conclave/base';

/** Estimate of the round-trip time. */
export const T1_MS = 500;
/** Longest pause between retransmissions. */
export const T2_MS = 4_000;
/** How long a message may stay in the network. */
export const T4_MS = 5_000;
/** After this long nobody expects anything of a transaction any more. */
export const LIFETIME_MS: number = 64 * T1_MS;
/** An INVITE that is not answered by then gets a 100. */
export const TRYING_MS = 200;

/**
 * Who has said that it rings has to say so every minute (RFC 3261 §13.3.1.1). It is the user who gives
 * up a call; this bounds what nobody waits for any more.
 */
export const PROCEEDING_MS: number = 10 * 60_000;

const NEVER = Number.POSITIVE_INFINITY;

export type TransactionKind = 'invite-client' | 'client' | 'invite-server' | 'server';

export type TransactionPhase =
  | 'calling'
  | 'trying'
  | 'proceeding'
  | 'completed'
  /** INVITE server: the ACK has come. */
  | 'confirmed'
  /** INVITE: a 2xx was sent or received. */
  | 'accepted'
  | 'terminated';

export interface Transaction {
  readonly kind: TransactionKind;
  readonly phase: TransactionPhase;
  /** Over a transport that loses nothing: nothing is repeated, nothing repeated is waited for. */
  readonly isReliable: boolean;
  /** Timers A, E and G; for an INVITE server that has said nothing yet, the time of its 100. */
  readonly resendAtMs: number;
  readonly resendAfterMs: number;
  /** Timers B, D, F, H, I, J, K, L and M: the end of this phase. */
  readonly endAtMs: number;
}

export type TransactionInput =
  /** Server: the same request once more. */
  | { readonly type: 'request' }
  | { readonly type: 'ack' }
  /** Server: its user answers. */
  | { readonly type: 'respond'; readonly status: number }
  /** Client. */
  | { readonly type: 'response'; readonly status: number }
  | { readonly type: 'transport-error' }
  | { readonly type: 'clock' };

export type TransactionOutput =
  /** Send the request, or the last response, again. */
  | 'resend'
  /** Send the response that the user gave. */
  | 'send'
  | 'send-trying'
  /** Acknowledge a final response that is no 2xx. */
  | 'send-ack'
  /** The response or ACK is for the user. */
  | 'pass'
  /** Nobody answered, or, INVITE server, acknowledged. */
  | 'timeout'
  | 'transport-error';

export interface TransactionStep {
  readonly state: Transaction;
  readonly outputs: readonly TransactionOutput[];
}

const NOTHING: readonly TransactionOutput[] = [];
const PASS: readonly TransactionOutput[] = ['pass'];
const SEND: readonly TransactionOutput[] = ['send'];
const RESEND: readonly TransactionOutput[] = ['resend'];
const TIMEOUT: readonly TransactionOutput[] = ['timeout'];

/** A transaction whose request has just been sent or received. */
export function newTransaction(
  kind: TransactionKind,
  isReliable: boolean,
  nowMs: number,
): Transaction {
  const isClient = kind === 'invite-client' || kind === 'client';
  const resends = isClient && !isReliable;
  return {
    kind,
    phase: STARTS[kind],
    isReliable,
    resendAtMs: resends ? nowMs + T1_MS : kind === 'invite-server' ? nowMs + TRYING_MS : NEVER,
    resendAfterMs: T1_MS,
    // The client of another request than INVITE has given up by then (RFC 4320).
    endAtMs: kind === 'invite-server' ? NEVER : nowMs + LIFETIME_MS,
  };
}

const STARTS: Readonly<Record<TransactionKind, TransactionPhase>> = {
  'invite-client': 'calling',
  client: 'trying',
  'invite-server': 'proceeding',
  server: 'trying',
};

export function deadlineOf(state: Transaction): number {
  return Math.min(state.resendAtMs, state.endAtMs);
}

export function stepTransaction(
  state: Transaction,
  input: TransactionInput,
  nowMs: number,
): TransactionStep {
  if (state.phase === 'terminated') return { state, outputs: NOTHING };
  switch (state.kind) {
    case 'invite-client':
      return stepInviteClient(state, input, nowMs);
    case 'client':
      return stepClient(state, input, nowMs);
    case 'invite-server':
      return stepInviteServer(state, input, nowMs);
    case 'server':
      return stepServer(state, input, nowMs);
    default:
      return unreachable(state.kind);
  }
}

function stepInviteClient(
  state: Transaction,
  input: TransactionInput,
  nowMs: number,
): TransactionStep {
  if (input.type === 'response') return onInviteResponse(state, input.status, nowMs);
  if (input.type === 'transport-error') {
    // Accepted waits for further 2xx only: they may come whatever became of our ACK.
    return state.phase === 'accepted' ? stay(state) : terminate(state, ['transport-error']);
  }
  if (input.type !== 'clock') return stay(state);
  if (nowMs >= state.endAtMs) return terminate(state, isAnswered(state) ? NOTHING : TIMEOUT);
  if (nowMs < state.resendAtMs) return stay(state);
  const resendAfterMs = 2 * state.resendAfterMs;
  return { state: { ...state, resendAfterMs, resendAtMs: nowMs + resendAfterMs }, outputs: RESEND };
}

function isAnswered({ phase }: Transaction): boolean {
  return phase === 'completed' || phase === 'accepted';
}

function onInviteResponse(state: Transaction, status: number, nowMs: number): TransactionStep {
  switch (state.phase) {
    case 'calling':
    case 'proceeding':
      if (status < 200) {
        return { state: enter(state, 'proceeding', nowMs + PROCEEDING_MS), outputs: PASS };
      }
      if (status < 300) {
        return { state: enter(state, 'accepted', nowMs + LIFETIME_MS), outputs: PASS };
      }
      if (state.isReliable) return terminate(state, ['send-ack', 'pass']);
      return {
        state: enter(state, 'completed', nowMs + LIFETIME_MS),
        outputs: ['send-ack', 'pass'],
      };
    case 'completed':
      return status < 300 ? stay(state) : { state, outputs: ['send-ack'] };
    case 'accepted':
      return status >= 200 && status < 300 ? { state, outputs: PASS } : stay(state);
    default:
      return stay(state);
  }
}

function stepClient(state: Transaction, input: TransactionInput, nowMs: number): TransactionStep {
  const isWaiting = state.phase !== 'completed';
  if (input.type === 'response') {
    if (!isWaiting) return stay(state);
    if (input.status >= 200) {
      if (state.isReliable) return terminate(state, PASS);
      return { state: enter(state, 'completed', nowMs + T4_MS), outputs: PASS };
    }
    // Timer E goes on, at its longest pause from its next firing.
    return { state: { ...state, phase: 'proceeding', resendAfterMs: T2_MS }, outputs: PASS };
  }
  if (input.type === 'transport-error') {
    return isWaiting ? terminate(state, ['transport-error']) : stay(state);
  }
  if (input.type !== 'clock') return stay(state);
  if (nowMs >= state.endAtMs) return terminate(state, isWaiting ? TIMEOUT : NOTHING);
  if (nowMs < state.resendAtMs) return stay(state);
  const resendAfterMs = Math.min(2 * state.resendAfterMs, T2_MS);
  return { state: { ...state, resendAfterMs, resendAtMs: nowMs + resendAfterMs }, outputs: RESEND };
}

function stepInviteServer(
  state: Transaction,
  input: TransactionInput,
  nowMs: number,
): TransactionStep {
  switch (input.type) {
    case 'request':
      return state.phase === 'proceeding' || state.phase === 'completed'
        ? { state, outputs: RESEND }
        : stay(state);
    case 'ack':
      return onAck(state, nowMs);
    case 'respond':
      return onInviteAnswer(state, input.status, nowMs);
    case 'transport-error':
      return { state, outputs: ['transport-error'] };
    case 'response':
      return stay(state);
    case 'clock':
      return onInviteServerClock(state, nowMs);
    default:
      return unreachable(input);
  }
}

function onAck(state: Transaction, nowMs: number): TransactionStep {
  if (state.phase === 'accepted') return { state, outputs: PASS };
  if (state.phase !== 'completed') return stay(state);
  if (state.isReliable) return terminate(state, NOTHING);
  return { state: enter(state, 'confirmed', nowMs + T4_MS), outputs: NOTHING };
}

function onInviteAnswer(state: Transaction, status: number, nowMs: number): TransactionStep {
  // The user repeats its 2xx itself, until the ACK comes.
  if (state.phase === 'accepted' && status >= 200 && status < 300) return { state, outputs: SEND };
  if (state.phase !== 'proceeding') return stay(state);
  if (status < 200) return { state: { ...state, resendAtMs: NEVER }, outputs: SEND };
  const endAtMs = nowMs + LIFETIME_MS;
  if (status < 300) return { state: enter(state, 'accepted', endAtMs), outputs: SEND };
  const resendAtMs = state.isReliable ? NEVER : nowMs + T1_MS;
  return { state: { ...enter(state, 'completed', endAtMs), resendAtMs }, outputs: SEND };
}

function onInviteServerClock(state: Transaction, nowMs: number): TransactionStep {
  if (nowMs >= state.endAtMs)
    return terminate(state, state.phase === 'completed' ? TIMEOUT : NOTHING);
  if (nowMs < state.resendAtMs) return stay(state);
  if (state.phase === 'proceeding') {
    return { state: { ...state, resendAtMs: NEVER }, outputs: ['send-trying'] };
  }
  const resendAfterMs = Math.min(2 * state.resendAfterMs, T2_MS);
  return { state: { ...state, resendAfterMs, resendAtMs: nowMs + resendAfterMs }, outputs: RESEND };
}

function stepServer(state: Transaction, input: TransactionInput, nowMs: number): TransactionStep {
  switch (input.type) {
    case 'request':
      return state.phase === 'trying' ? stay(state) : { state, outputs: RESEND };
    case 'respond':
      if (state.phase === 'completed') return stay(state);
      if (input.status < 200)
        return { state: enter(state, 'proceeding', state.endAtMs), outputs: SEND };
      if (state.isReliable) return terminate(state, SEND);
      return { state: enter(state, 'completed', nowMs + LIFETIME_MS), outputs: SEND };
    case 'transport-error':
      return { state, outputs: ['transport-error'] };
    case 'ack':
    case 'response':
      return stay(state);
    case 'clock':
      return nowMs >= state.endAtMs ? terminate(state, NOTHING) : stay(state);
    default:
      return unreachable(input);
  }
}

function stay(state: Transaction): TransactionStep {
  return { state, outputs: NOTHING };
}

/** Nothing is repeated in the new phase. */
function enter(state: Transaction, phase: TransactionPhase, endAtMs: number): Transaction {
  return { ...state, phase, endAtMs, resendAtMs: NEVER };
}

function terminate(state: Transaction, outputs: readonly TransactionOutput[]): TransactionStep {
  return { state: enter(state, 'terminated', NEVER), outputs };
}
