/**
 * Runs the rules: one event at a time, its effects carried out in order before the next event.
 *
 * The engine knows no protocol. It owns the state, the clock's deadline and the order; what effects
 * mean on a wire or a disk is the business of its ports.
 */
import {
  type AnnounceEffect,
  type BridgeEffect,
  type Configuration,
  type Effect,
  type Event,
  initialState,
  type MediaEffect,
  type NoteEffect,
  nextDeadlineMs,
  type PhoneEffect,
  type State,
  step,
} from '@conclave/core';
import type { Clock, Timer } from '@conclave/net';

/** Where effects go. None of these may throw: a failing disk or phone must not stop the rules. */
export interface EnginePorts {
  phone(effect: PhoneEffect): void;
  media(effect: MediaEffect): void;
  bridge(effect: BridgeEffect): void;
  announce(effect: AnnounceEffect): void;
  note(effect: NoteEffect): void;
  /** After every step, with the state that its effects led to. */
  settled(state: State): void;
}

export interface EngineOptions {
  readonly configuration: Configuration;
  readonly nextCallId: number;
  readonly clock: Clock;
  readonly ports: EnginePorts;
}

export class Engine {
  #state: State;
  readonly #ports: EnginePorts;
  readonly #queue: Event[] = [];
  #running = false;
  readonly #clock: Clock;
  readonly #timer: Timer;

  constructor(options: EngineOptions) {
    this.#state = initialState(options.configuration, options.nextCallId);
    this.#ports = options.ports;
    this.#clock = options.clock;
    this.#timer = options.clock.timer(() => this.happen({ type: 'clock' }));
  }

  get state(): State {
    return this.#state;
  }

  /** Takes in an event. Events that effects lead to wait their turn. */
  happen(event: Event): void {
    this.#queue.push(event);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) this.#step(next);
    } finally {
      this.#running = false;
    }
    this.#timer.set(nextDeadlineMs(this.#state));
  }

  close(): void {
    this.#timer.set(undefined);
  }

  #step(event: Event): void {
    const { state, effects } = step(this.#state, event, this.#clock.nowMs());
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    this.#ports.settled(state);
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'record':
      case 'alarm':
      case 'level':
      case 'refusal':
        return this.#ports.note(effect);
      case 'open-receive':
      case 'start-transmit':
      case 'close-receive':
      case 'stop-transmit':
      case 'forget-key':
      case 'audit-media':
        return this.#ports.media(effect);
      case 'announce':
        return this.#ports.announce(effect);
      case 'create-conference':
      case 'add-participant':
      case 'drop-participant':
      case 'audit-participants':
      case 'delete-conference':
        return this.#ports.bridge(effect);
      default:
        return this.#ports.phone(effect);
    }
  }
}
