/**
 * Who really sends to whom: the truth that displays are held against. Devices write in what they do
 * at the moment they do it; nobody asks the call manager.
 *
 * A stream is heard when somebody listens at its address with the same key. What can be reached from
 * a call is everything that is mixed with it: a phone mixes the streams of one call, a bridge those of
 * one conference.
 */
import type { KnownLevel } from '@conclave/core';

export interface Channel {
  readonly device: string;
  readonly conference: number;
  readonly call: number;
  readonly party: number;
  readonly port: number;
  /** Hexadecimal; empty for RTP in clear. */
  readonly key: string;
}

export interface Sending extends Omit<Channel, 'port'> {
  readonly remote: number;
}

const RANK: Readonly<Record<KnownLevel, number>> = { nonsecure: 0, authenticated: 1, encrypted: 2 };

export class Media {
  readonly #listening = new Map<string, Channel>();
  readonly #sending = new Map<string, Sending>();
  readonly #usedKeys = new Set<string>();
  /** Signalling of every device. */
  readonly #levels: ReadonlyMap<string, KnownLevel>;
  readonly #bridges: ReadonlySet<string>;
  #nextPort = 20_000;

  constructor(levels: ReadonlyMap<string, KnownLevel>, bridges: ReadonlySet<string>) {
    this.#levels = levels;
    this.#bridges = bridges;
  }

  /** Gives the port; throws when the key has been in use before (BRG-09). */
  listen(channel: Omit<Channel, 'port'>): number {
    if (channel.key !== '') {
      if (this.#usedKeys.has(channel.key)) throw new Error('a key is used twice');
      this.#usedKeys.add(channel.key);
    }
    this.#nextPort += 2;
    this.#listening.set(idOf(channel), { ...channel, port: this.#nextPort });
    return this.#nextPort;
  }

  send(sending: Sending): void {
    this.#sending.set(idOf(sending), sending);
  }

  deafen(channel: Pick<Channel, 'device' | 'party'>): void {
    this.#listening.delete(idOf(channel));
  }

  silence(channel: Pick<Channel, 'device' | 'party'>): void {
    this.#sending.delete(idOf(channel));
  }

  /** The device has stopped, or has left this call or conference. */
  drop(isOver: (channel: Pick<Channel, 'device' | 'call' | 'conference'>) => boolean): void {
    for (const map of [this.#listening, this.#sending]) {
      for (const [id, channel] of map) if (isOver(channel)) map.delete(id);
    }
  }

  get streams(): number {
    return this.#listening.size + this.#sending.size;
  }

  /** The least secure thing that the audio of this call can reach now, and what that is. */
  truth(device: string, call: number): readonly [KnownLevel, string] {
    let worst: readonly [KnownLevel, string] = [this.#levels.get(device) ?? 'nonsecure', device];
    const note = (level: KnownLevel, what: string): void => {
      if (RANK[level] < RANK[worst[0]]) worst = [level, what];
    };
    const seen = new Set([this.#mixOf({ device, call, conference: 0 })]);
    for (const mix of seen) {
      for (const flow of this.#flows()) {
        const [from, to] = [this.#mixOf(flow.from), flow.to && this.#mixOf(flow.to)];
        if (from !== mix && to !== mix) continue;
        note(flow.from.key === '' ? 'authenticated' : 'encrypted', `a stream of ${from}`);
        for (const end of [flow.from, flow.to]) {
          if (!end) continue;
          note(this.#levels.get(end.device) ?? 'nonsecure', end.device);
          seen.add(this.#mixOf(end));
        }
      }
    }
    return worst;
  }

  /** Everything that is sent, and who hears it. */
  #flows(): readonly { readonly from: Sending; readonly to: Channel | undefined }[] {
    const byPort = new Map([...this.#listening.values()].map((each) => [each.port, each]));
    return [...this.#sending.values()].map((from) => {
      const to = byPort.get(from.remote);
      return { from, to: to?.key === from.key ? to : undefined };
    });
  }

  #mixOf({ device, call, conference }: Pick<Channel, 'device' | 'call' | 'conference'>): string {
    return this.#bridges.has(device) ? `${device}/conference ${conference}` : `${device}/${call}`;
  }
}

export function rankOf(level: KnownLevel): number {
  return RANK[level];
}

function idOf({ device, party }: Pick<Channel, 'device' | 'party'>): string {
  return `${device}/${party}`;
}
