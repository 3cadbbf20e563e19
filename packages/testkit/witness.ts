/**
 * A witness of the promise: no phone ever shows more than the truth, not between two effects.
 *
 * It keeps its own books of who sends to whom, from the effects and the answers alone, and shares no
 * code with the rules. What a phone may show is the lowest of everything that its audio can reach:
 * bridges mix all of a conference, a phone mixes only on its built-in bridge. A stream counts until the
 * phone itself, whose orders arrive before its icon, has been told to close it, or until the device at
 * the near end has confirmed that it is closed.
 */
import {
  type Effect,
  type Event,
  type Level,
  type MediaEndpoint,
  rank,
  type Signalling,
} from '@conclave/core';

interface End extends MediaEndpoint {
  /** When its device was first told of it, as a count of effects. */
  readonly openedAt: number;
  /** When it was told to close; still counted by others until it confirms. */
  closedAt: number | undefined;
}

interface Stream {
  readonly sender: End;
  readonly listener: End;
  readonly encrypted: boolean;
}

const SIGNALLING_LEVEL: Record<Signalling, Level> = {
  clear: 'nonsecure',
  'tls-authenticated': 'authenticated',
  'tls-encrypted': 'encrypted',
};

export class Witness {
  readonly #levels = new Map<string, Level>();
  readonly #ends = new Map<number, End>();
  readonly #open = new Map<number, { readonly encrypted: boolean; readonly key: number }>();
  #streams: Stream[] = [];
  readonly #shown = new Map<string, { device: string; leg: number; level: Level }>();
  readonly #usedKeys = new Set<number>();
  readonly #forgotten = new Set<number>();
  #count = 0;
  readonly #partyOf: (port: number) => number;

  /** `partyOf` tells which party listens at a port. */
  constructor(partyOf: (port: number) => number) {
    this.#partyOf = partyOf;
  }

  /** A witness that knows the same and goes its own way from here. */
  fork(): Witness {
    const copy = new Witness(this.#partyOf);
    for (const [device, level] of this.#levels) copy.#levels.set(device, level);
    for (const [party, open] of this.#open) copy.#open.set(party, open);
    for (const [key, shown] of this.#shown) copy.#shown.set(key, shown);
    for (const key of this.#usedKeys) copy.#usedKeys.add(key);
    for (const key of this.#forgotten) copy.#forgotten.add(key);
    for (const [party, end] of this.#ends) copy.#ends.set(party, { ...end });
    const ends = copy.#ends;
    copy.#streams = this.#streams.map(({ sender, listener, encrypted }) => ({
      sender: ends.get(sender.party) ?? { ...sender },
      listener: ends.get(listener.party) ?? { ...listener },
      encrypted,
    }));
    copy.#count = this.#count;
    return copy;
  }

  /** Before the rules see the event. */
  event(event: Event): void {
    switch (event.type) {
      case 'phone-registered':
        this.#gone(event.registration.name);
        this.#levels.set(event.registration.name, SIGNALLING_LEVEL[event.registration.signalling]);
        return;
      case 'bridge-registered':
      case 'music-registered':
        this.#gone(event.registration.name);
        this.#levels.set(
          event.registration.name,
          event.registration.secure ? 'encrypted' : 'nonsecure',
        );
        return;
      case 'device-unregistered':
        return this.#gone(event.device);
      case 'receive-opened': {
        // An answer proves that all that was ordered before the question is done.
        const asked = this.#ends.get(event.party)?.openedAt ?? 0;
        return this.#confirmed(
          (end) => end.device === event.device && (end.closedAt ?? asked) < asked,
        );
      }
      case 'media-audited':
        return this.#confirmed((end) => end.device === event.device && end.party === event.party);
      case 'participants-audited':
        return this.#confirmed(
          (end) =>
            end.device === event.bridge &&
            end.conference === event.conference &&
            !event.legs.includes(end.leg),
        );
      default:
    }
  }

  /** After the effect was carried out. */
  effect(effect: Effect): void {
    this.#count += 1;
    switch (effect.type) {
      case 'open-receive':
        this.#opens(effect);
        break;
      case 'start-transmit':
        this.#transmits(effect);
        break;
      case 'close-receive':
      case 'stop-transmit': {
        const end = this.#ends.get(effect.end.party);
        if (end) end.closedAt = this.#count;
        break;
      }
      case 'forget-key':
        this.#forgotten.add(effect.key);
        break;
      case 'call-info':
        this.#shown.set(`${effect.device}/${effect.leg}`, {
          device: effect.device,
          leg: effect.leg,
          level: effect.level ?? 'unknown',
        });
        break;
      case 'call-state':
        if (effect.state === 'on-hook') this.#shown.delete(`${effect.device}/${effect.leg}`);
        break;
      default:
        return;
    }
    for (const { device, leg, level } of this.#shown.values()) this.#check(device, leg, level);
  }

  #opens(effect: Extract<Effect, { type: 'open-receive' }>): void {
    const { party } = effect.end;
    const before = this.#ends.get(party);
    if (before) {
      // A party that was muted is listened to again: it has been sending under its key all the time.
      const goesOn = before.closedAt !== undefined && before.kind === 'bridge';
      if (!goesOn || this.#open.get(party)?.key !== effect.format.key) {
        throw new Error(`party ${party} is opened twice`);
      }
      before.closedAt = undefined;
      return;
    }
    this.#ends.set(party, this.#endAt(effect.end));
    const { key } = effect.format;
    if (key === undefined) return;
    if (this.#usedKeys.has(key)) throw new Error(`key ${key} is used twice (BRG-09)`);
    this.#usedKeys.add(key);
    this.#open.set(party, { encrypted: effect.format.suite !== undefined, key });
  }

  #transmits(effect: Extract<Effect, { type: 'start-transmit' }>): void {
    const sender = this.#endOf(effect.end);
    const listener = this.#ends.get(this.#partyOf(effect.remote.port));
    if (!listener) throw new Error('a stream is sent to where nobody listens');
    const { key, suite } = effect.format;
    if (key !== this.#open.get(listener.party)?.key) throw new Error('the two ends differ in key');
    if (key !== undefined && this.#forgotten.has(key)) throw new Error('a forgotten key is used');
    this.#streams.push({ sender, listener, encrypted: suite !== undefined && key !== undefined });
  }

  #endOf(endpoint: MediaEndpoint): End {
    const end = this.#ends.get(endpoint.party) ?? this.#endAt(endpoint);
    this.#ends.set(endpoint.party, end);
    return end;
  }

  #endAt(endpoint: MediaEndpoint): End {
    return { ...endpoint, openedAt: this.#count, closedAt: undefined };
  }

  #gone(device: string): void {
    this.#levels.delete(device);
    this.#streams = this.#streams.filter(
      ({ sender, listener }) => sender.device !== device && listener.device !== device,
    );
    for (const [key, shown] of this.#shown) if (shown.device === device) this.#shown.delete(key);
  }

  #confirmed(isIt: (end: End) => boolean): void {
    const gone = (end: End): boolean => end.closedAt !== undefined && isIt(end);
    this.#streams = this.#streams.filter(
      ({ sender, listener }) => !gone(sender) && !gone(listener),
    );
  }

  #check(device: string, leg: number, level: Level): void {
    if (rank(level) <= rank('nonsecure')) return;
    for (const [what, truth] of this.#reach(device, leg)) {
      if (rank(level) > rank(truth)) {
        throw new Error(`${device} shows ${level} in leg ${leg} while ${what} is ${truth}`);
      }
    }
  }

  /** Everything that the audio of this leg can reach, with what it is worth. */
  #reach(device: string, leg: number): readonly (readonly [string, Level])[] {
    const found: (readonly [string, Level])[] = [[device, this.#levels.get(device) ?? 'unknown']];
    const seen = new Set<Stream>();
    const queue: ((end: End) => boolean)[] = [
      (end) => end.device === device && end.leg === leg && end.closedAt === undefined,
    ];
    for (const mixes of queue) {
      for (const stream of this.#streams) {
        const near = [stream.sender, stream.listener].find(mixes);
        if (!near || seen.has(stream)) continue;
        seen.add(stream);
        const far = near === stream.sender ? stream.listener : stream.sender;
        if (far.kind !== 'music') {
          found.push([far.device, this.#levels.get(far.device) ?? 'unknown']);
        }
        found.push([
          `the stream between ${near.device} and ${far.device}`,
          stream.encrypted ? 'encrypted' : 'authenticated',
        ]);
        queue.push(mixedWith(far));
      }
    }
    return found;
  }
}

/** The ends whose streams a device mixes with the one at this end. */
function mixedWith(end: End): (other: End) => boolean {
  return (other) =>
    other !== end &&
    other.device === end.device &&
    overlap(end, other) &&
    (end.kind === 'bridge'
      ? other.kind === 'bridge' && other.conference === end.conference
      : other.leg === end.leg &&
        (end.kind === 'built-in-bridge' || other.kind === 'built-in-bridge'));
}

/** A device carries out its orders one by one: what was closed before the other opened never met it. */
function overlap(one: End, other: End): boolean {
  const before = (a: End, b: End): boolean => a.closedAt !== undefined && a.closedAt < b.openedAt;
  return !before(one, other) && !before(other, one);
}
