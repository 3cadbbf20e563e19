/**
 * The rules with ideal devices: phones that open their media, bridges that answer what they are asked,
 * everything in order, under a virtual clock. It can start from any state of the rules.
 */
import {
  type AnnounceEffect,
  type BridgeEffect,
  type CallDetailRecord,
  type Effect,
  type Event,
  type Level,
  nextDeadlineMs,
  type Refusal,
  type State,
  step,
} from '@conclave/core';
import { ENGLISH_WORDS, type PhoneWords } from '../phone-texts.ts';
import { SimulatedScreen } from './phone-screen.ts';

/** Time that passes with each thing that somebody does. */
const DEED_MS = 10;

/** Deadlines at one and the same time; more would be a rule that never lets go. */
const DEADLINES_MAX = 1_000;

/** Where devices receive: one port for each party. */
const FIRST_PORT = 20_000;
const PORTS = 40_000;

/** What phones of a locale show; it may know only some of them, and give English for the others. */
export type WordsOf = (userLocale: string) => PhoneWords;

export class IdealWorld {
  state: State;
  nowMs: number;
  readonly records: CallDetailRecord[] = [];
  readonly refusals: Refusal[] = [];
  readonly announced: AnnounceEffect[] = [];
  readonly screens = new Map<string, SimulatedScreen>();
  /** What the other side tells of the party behind a trunk or gateway, by device. */
  readonly remotes = new Map<string, Level>();
  /** Answers of devices that are still to come, oldest first. */
  #pending: Event[] = [];
  readonly #members = new Map<number, Set<number>>();

  readonly #wordsOf: WordsOf;

  constructor(state: State, nowMs: number, wordsOf: WordsOf = () => ENGLISH_WORDS) {
    this.#wordsOf = wordsOf;
    this.state = state;
    this.nowMs = nowMs;
    for (const { id, participants } of state.conferences.values()) {
      const present = participants.filter((each) => each.state !== 'leaving');
      this.#members.set(id, new Set(present.map((each) => each.leg)));
    }
  }

  screenOf(device: string): SimulatedScreen {
    const known = this.screens.get(device);
    if (known) return known;
    const phone = this.state.configuration.phones.get(device);
    const screen = new SimulatedScreen(phone, this.#wordsOf(phone?.userLocale ?? ''));
    this.screens.set(device, screen);
    return screen;
  }

  /** Something happens, a moment after the last thing. The devices have not answered yet. */
  happen(event: Event): void {
    this.nowMs += DEED_MS;
    this.#step(event);
  }

  /** Devices answer until nothing is left to answer. */
  settle(): void {
    for (let event = this.#pending.shift(); event; event = this.#pending.shift()) this.#step(event);
  }

  /** A device is gone, with all it would have answered. */
  lose(device: string): void {
    this.#pending = this.#pending.filter((event) => deviceOf(event) !== device);
    this.screens.get(device)?.blank();
    this.happen({ type: 'device-unregistered', device });
  }

  /** Time passes; deadlines on the way are kept. */
  advance(milliseconds: number): void {
    const untilMs = this.nowMs + milliseconds;
    let kept = 0;
    for (;;) {
      const deadlineMs = nextDeadlineMs(this.state);
      if (deadlineMs === undefined || deadlineMs > untilMs || kept > DEADLINES_MAX) break;
      kept = deadlineMs <= this.nowMs ? kept + 1 : 0;
      this.nowMs = Math.max(this.nowMs, deadlineMs);
      this.#step({ type: 'clock' });
      this.settle();
    }
    this.nowMs = untilMs;
  }

  #step(event: Event): void {
    const { state, effects } = step(this.state, event, this.nowMs);
    this.state = state;
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'record':
        this.records.push(effect.record);
        return;
      case 'open-receive': {
        const { device, party } = effect.end;
        const address = { host: '127.0.0.1', port: FIRST_PORT + (party % PORTS) };
        this.#pending.push({ type: 'receive-opened', device, party, address });
        return;
      }
      case 'audit-media': {
        const { device, party } = effect.end;
        this.#pending.push({ type: 'media-audited', device, party });
        return;
      }
      case 'start-transmit':
      case 'close-receive':
      case 'stop-transmit':
      case 'forget-key':
      case 'alarm':
      case 'level':
        return;
      case 'announce':
        this.announced.push(effect);
        return;
      case 'refusal':
        this.refusals.push(effect.refusal);
        return;
      case 'create-conference':
      case 'add-participant':
      case 'drop-participant':
      case 'audit-participants':
      case 'delete-conference':
        return this.#bridge(effect);
      default:
        this.screenOf(effect.device).show(effect, this.nowMs);
        if (effect.type === 'call-state') this.#tellRemote(effect);
    }
  }

  #bridge(effect: BridgeEffect): void {
    const { bridge, conference } = effect;
    switch (effect.type) {
      case 'create-conference':
        this.#members.set(conference, new Set());
        this.#pending.push({ type: 'conference-created', bridge, conference, ok: true });
        return;
      case 'add-participant': {
        const { leg } = effect;
        this.#members.get(conference)?.add(leg);
        this.#pending.push({ type: 'participant-added', bridge, conference, leg, ok: true });
        return;
      }
      case 'drop-participant':
        this.#members.get(conference)?.delete(effect.leg);
        return;
      case 'audit-participants': {
        const legs = [...(this.#members.get(conference) ?? [])];
        this.#pending.push({ type: 'participants-audited', bridge, conference, legs });
        return;
      }
      case 'delete-conference':
        this.#members.delete(conference);
    }
  }

  /** A trunk or gateway tells of its party as soon as there is a call. */
  #tellRemote({ device, leg, state }: Extract<Effect, { type: 'call-state' }>): void {
    const level = this.remotes.get(device);
    if (level === undefined || (state !== 'off-hook' && state !== 'ring-in')) return;
    this.#pending.push({ type: 'remote-status', device, leg, level });
  }
}

function deviceOf(event: Event): string | undefined {
  if ('device' in event) return event.device;
  return 'bridge' in event ? event.bridge : undefined;
}
