/**
 * Plays scenarios with real things: a call manager and bridges as processes, phones on real sockets with
 * certificates and tones. It says what is to be seen; and it listens, after everything that changes who
 * hears whom, whether the sound agrees.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { unreachable } from '@conclave/base';
import { stateFromJson } from '@conclave/callmanager';
import type { State } from '@conclave/core';
import { Phone } from '@conclave/phone';
import { KeyStore } from '@conclave/pki';
import {
  type Action,
  type CallSnapshot,
  type Cluster,
  conferenceOf,
  type PhoneSnapshot,
  recordOfLine,
  refusalOf,
  type ScenarioDriver,
  type Snapshot,
  SOFTKEY_EVENTS,
  talkOf,
  withFacts,
} from '@conclave/scenario';
import type { StoredConfiguration } from '@conclave/store';
import { awaitedAnswers } from './awaited.ts';
import { type Hearing, hearingOf, mediaFaults } from './media-truth.ts';
import { PhoneWatch } from './phone-watch.ts';
import {
  DeviceNames,
  faultsOfCluster,
  storedConfiguration,
  storedParameters,
  UnplayableError,
  WAIT_MAX_MS,
} from './wire-cluster.ts';
import { TONE_LEVEL_DBOV, WireProcesses } from './wire-processes.ts';

export { UnplayableError };

/** Everything that one action causes has happened by then. */
const SETTLE_MS = 15_000;

/** Between two looks at what is still awaited. */
const POLL_MS = 5;

/** Each phone's tone; 100 Hz apart they are told from each other in a mix. */
const FIRST_TONE_HZ = 300;
const TONE_STEP_HZ = 100;

export class WireDriver implements ScenarioDriver {
  /** What the ear found wrong, a sentence each. */
  readonly #faults: string[] = [];
  readonly #processes = new WireProcesses();
  readonly #phones = new Map<string, Phone>();
  readonly #watches = new Map<string, PhoneWatch>();
  /** Tones of the music servers. */
  readonly #music = new Map<string, number>();
  /** The scenario's clock: it goes on only when a step lets time pass. */
  readonly #clock = { nowMs: 0 };
  #cluster: Cluster | undefined;
  #names: DeviceNames | undefined;
  #state: State | undefined;
  #heard = '';
  #closing: Promise<void> | undefined;

  async start(cluster: Cluster): Promise<void> {
    const faults = faultsOfCluster(cluster);
    if (faults.length > 0) throw new UnplayableError(faults.join('\n'));
    const names = new DeviceNames(cluster);
    this.#cluster = cluster;
    this.#names = names;
    const configuration = storedConfiguration(cluster, names);
    const ports = await this.#processes.startCallManager(configuration);
    for (const [index, { name }] of cluster.phones.entries()) this.#makePhone(name, index, ports);
    const { bridges, musics, phones } = cluster;
    for (const [index, { name }] of musics.entries()) {
      this.#music.set(name, toneOf(phones.length + index));
    }
    for (const { name, registered } of [...bridges, ...musics, ...phones]) {
      if (registered) await this.#register(name);
    }
  }

  async perform(action: Action): Promise<void> {
    switch (action.type) {
      case 'lose':
        return await this.#lose(action.device);
      case 'register':
        return await this.#register(action.device);
      case 'configure': {
        const configuration = (await this.#ask('GET', '/configuration')) as StoredConfiguration;
        const { parameters } = (await this.#look()).configuration;
        const serviceParameters = storedParameters({ ...parameters, ...action.parameters });
        await this.#ask('POST', '/configuration', { ...configuration, serviceParameters });
        return;
      }
      case 'capture':
        return await this.#circumstance('capture', action.device, action.active);
      case 'announcement':
        return await this.#circumstance('announcement', action.phone, action.active);
      case 'remote-level':
        throw new UnplayableError(`The step ${action.type} is played in the simulation only.`);
      default:
        return this.#press(action);
    }
  }

  async settle(): Promise<void> {
    const state = await this.#settled();
    const hearing = hearingOf(state);
    const icons = this.#registered().map((phone) => [phone.name, phone.icon]);
    const heard = JSON.stringify([[...hearing], icons]);
    if (heard === this.#heard) return;
    this.#heard = heard;
    const music = this.#music;
    this.#faults.push(...(await mediaFaults(this.#listeners(hearing), { hearing, music })));
  }

  async advance(milliseconds: number): Promise<void> {
    if (milliseconds > WAIT_MAX_MS) {
      throw new UnplayableError(
        `A wait of ${milliseconds / 1000} s is played in the simulation only: ` +
          `real processes wait at most ${WAIT_MAX_MS / 1000} s.`,
      );
    }
    await sleep(milliseconds);
    this.#clock.nowMs += milliseconds;
  }

  async observe(): Promise<Snapshot> {
    const state = this.#state ?? (await this.#settled());
    return {
      phones: (this.#cluster?.phones ?? []).map(({ name }) => this.#phone(name, state)),
      conferences: [...state.conferences.values()].map((each) => conferenceOf(state, each)),
      records: this.#processes.recordLines().map((line) => recordOfLine(this.#shorten(line))),
      refusals: state.refusals.map(refusalOf),
      faults: [...this.#faults],
    };
  }

  /** Whoever closes again waits for the same end. */
  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    for (const phone of this.#phones.values()) await phone.stop();
    await this.#processes.close();
  }

  #makePhone(
    name: string,
    index: number,
    ports: { readonly sccpPort: number; readonly sccpTlsPort: number },
  ): void {
    const known = this.#cluster?.configuration.phones.get(name);
    if (!known) throw new UnplayableError(`${name} is no phone of the configuration.`);
    const { model, firmware, lines } = known;
    const mode = this.#cluster?.configuration.mixedMode ? known.securityMode : 'nonsecure';
    const wire = this.#wireOf(name);
    const keys = new KeyStore(this.#processes.dataDirectory);
    const phone = new Phone({
      name: wire,
      ...{ model, firmware, mode, lines: Math.max(1, lines.length) },
      port: mode === 'nonsecure' ? ports.sccpPort : ports.sccpTlsPort,
      ...(mode !== 'nonsecure' && { tls: keys.readDevice('phones', wire) }),
      toneHz: toneOf(index),
      levelDbov: TONE_LEVEL_DBOV,
      keepsTexts: true,
    });
    this.#phones.set(name, phone);
    this.#watches.set(name, new PhoneWatch(phone, this.#clock));
  }

  async #register(name: string): Promise<void> {
    const bridge = this.#cluster?.bridges.find((each) => each.name === name);
    const music = this.#cluster?.musics.find((each) => each.name === name);
    const wire = this.#wireOf(name);
    const toneHz = this.#music.get(name) ?? 0;
    if (bridge) this.#processes.startBridge({ ...bridge, name: wire });
    else if (music) this.#processes.startMusic({ ...music, name: wire, toneHz });
    else await this.#thePhone(name).connect();
    await this.#until((state) => isThere(state, name), `the registration of ${name}`);
  }

  async #lose(name: string): Promise<void> {
    if (this.#phones.has(name)) this.#thePhone(name).drop();
    else await this.#processes.kill(this.#wireOf(name));
    await this.#until((state) => !isThere(state, name), `the loss of ${name}`);
  }

  async #circumstance(
    type: 'capture' | 'announcement',
    name: string,
    active: boolean,
  ): Promise<void> {
    await this.#ask('POST', '/circumstance', { type, device: this.#wireOf(name), active });
    this.#state = undefined;
  }

  #press(
    action: Extract<Action, { type: 'press' | 'off-hook' | 'on-hook' | 'dial' | 'remove-row' }>,
  ): void {
    const phone = this.#thePhone(action.phone);
    this.#state = undefined;
    switch (action.type) {
      case 'press': {
        const callReference = action.ref ?? 0;
        const lineInstance = phone.screen.calls.get(callReference)?.line ?? 1;
        const softKeyEvent = SOFTKEY_EVENTS[action.key];
        return phone.send('SoftKeyEvent', { softKeyEvent, lineInstance, callReference });
      }
      case 'off-hook':
        return phone.send('OffHook', { lineInstance: action.line ?? 0, callReference: 0 });
      case 'on-hook':
        return phone.send('OnHook', { lineInstance: 0, callReference: action.ref ?? 0 });
      case 'dial':
        return phone.send('EnblocCall', { calledParty: action.digits, lineInstance: 0 });
      case 'remove-row':
        return phone.removeFromList(action.row, { force: true });
      default:
        return unreachable(action);
    }
  }

  /**
   * The call manager's state when nothing is under way: no answer is due, and between two looks, with a
   * round trip to every phone, nothing has changed. Then all that the phones were told is on them.
   */
  async #settled(): Promise<State> {
    const deadlineMs = performance.now() + SETTLE_MS;
    let last = '';
    for (;;) {
      await Promise.all(this.#registered().map((phone) => phone.roundTrip()));
      const text = await this.#stateText();
      const state = stateFromJson(text);
      const awaited = awaitedAnswers(state);
      if (awaited.length === 0 && text === last) {
        this.#state = state;
        return state;
      }
      last = text;
      if (performance.now() > deadlineMs) {
        throw new Error(`it does not come to rest: ${awaited.join(', ') || 'it keeps changing'}`);
      }
      if (awaited.length > 0) await sleep(POLL_MS);
    }
  }

  async #until(condition: (state: State) => boolean, what: string): Promise<void> {
    const deadlineMs = performance.now() + SETTLE_MS;
    while (!condition(await this.#look())) {
      if (performance.now() > deadlineMs) throw new Error(`waited in vain for ${what}`);
      await sleep(POLL_MS);
    }
    this.#state = undefined;
  }

  /** The rules' own state, with short names. */
  async #look(): Promise<State> {
    return stateFromJson(await this.#stateText());
  }

  async #stateText(): Promise<string> {
    return this.#shorten((await this.#ask('GET', '/state')) as string);
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    return await this.#processes.ask(method, path, body);
  }

  #phone(name: string, state: State): PhoneSnapshot {
    const watch = this.#watches.get(name);
    const registered = state.phones.has(name);
    const list = registered ? watch?.list((leg) => isLink(state, leg)) : undefined;
    return {
      name,
      registered,
      calls: registered
        ? (watch?.calls() ?? []).map((call) => this.#withFacts(state, name, call))
        : [],
      ...(list && { list }),
      texts: [...(watch?.texts ?? [])],
      tones: [...(watch?.tones ?? [])],
    };
  }

  /** With what no screen tells: whose call it is, and why; its media are those that really flow. */
  #withFacts(state: State, name: string, call: CallSnapshot): CallSnapshot {
    if (call.elsewhere) {
      const owner = state.legs.get(call.ref)?.device;
      return owner === undefined ? call : { ...call, owner };
    }
    const { media: _claimed, ...facts } = withFacts(state, name, call);
    const party = talkOf(state, name, call.ref)?.party;
    const flow = party === undefined ? undefined : this.#thePhone(name).statisticsOfParty(party);
    const flows = [flow?.sent ?? 'none', flow?.received ?? 'none'];
    if (flows.includes('none')) return facts;
    return { ...facts, media: flows.includes('rtp') ? 'rtp' : 'srtp' };
  }

  #registered(): readonly Phone[] {
    return [...this.#phones.values()].filter(({ registration }) => registration === 'registered');
  }

  /** The phones that somebody hears or should hear. */
  #listeners(hearing: Hearing): ReadonlyMap<string, Phone> {
    return new Map([...this.#phones].filter(([name]) => hearing.has(name)));
  }

  #thePhone(name: string): Phone {
    const phone = this.#phones.get(name);
    if (!phone) throw new UnplayableError(`there is no phone ${name}`);
    return phone;
  }

  #wireOf(name: string): string {
    return this.#names?.wireOf(name) ?? name;
  }

  #shorten(text: string): string {
    return this.#names?.shortenIn(text) ?? text;
  }
}

function isThere({ phones, bridges, musics }: State, name: string): boolean {
  return phones.has(name) || bridges.has(name) || musics.has(name);
}

function toneOf(voice: number): number {
  return FIRST_TONE_HZ + voice * TONE_STEP_HZ;
}

function isLink({ conferences }: State, leg: number): boolean {
  return [...conferences.values()].some(({ participants }) =>
    participants.some((each) => each.leg === leg && each.link !== undefined),
  );
}
