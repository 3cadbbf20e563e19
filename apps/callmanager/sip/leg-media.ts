/**
 * The media of one leg over SIP: what the rules want open, against what the phone has offered.
 *
 * We never offer. The phone's offer says where it listens and with which key it sends (SDES); the answer
 * is given once the other end has told where it listens. Whoever listens to this phone is asked to only
 * when the phone's key is known. Source: [rfc] RFC 3264, RFC 4568 §7.
 */
import type {
  Event,
  KeyRef,
  LegId,
  MediaAddress,
  MediaEffect,
  MediaEndpoint,
  MediaOffer,
  SrtpSuite,
} from '@conclave/core';
import { isSameKey, type KeyVault, type MasterKey } from '../key-vault.ts';
import type { Answer, PhoneOffer } from './phone-offer.ts';

type OpenReceive = Extract<MediaEffect, { type: 'open-receive' }>;
type StartTransmit = Extract<MediaEffect, { type: 'start-transmit' }>;

export interface LegMediaPorts {
  readonly device: string;
  readonly keys: KeyVault;
  /** It never takes another key within a call. */
  readonly keepsKeys: boolean;
  happen(event: Event): void;
  /** Asks the phone for an offer. */
  ask(): void;
  /** Gives the answer to the offer that waits for it. */
  answer(offer: PhoneOffer, answer: Answer): void;
  /** Carries out what waited for this phone's key. */
  passOn(effect: MediaEffect): void;
}

interface Wanted {
  readonly open: OpenReceive;
  /** The rules know where the phone listens. */
  isTold: boolean;
  /** Where the phone is to send. */
  to: MediaAddress | undefined;
}

/** The stream that the phone sends, as its listener names it. */
interface Sending {
  readonly party: number;
  readonly leg: LegId;
  /** A phone that is told the key; bridges forget theirs. */
  readonly listener: string | undefined;
  readonly key: KeyRef | undefined;
  readonly suite: SrtpSuite | undefined;
}

/** A key, and the other phones that know it. */
interface SharedKey {
  readonly key: MasterKey;
  readonly by: readonly string[];
}

/** Silence is sent to nobody: the discard port. */
const DISCARD_PORT = 9;

export class LegMedia {
  readonly #ports: LegMediaPorts;
  #offer: PhoneOffer | undefined;
  /** What the rules think that it can. */
  #known: MediaOffer | undefined;
  /** The offer waits for our answer. */
  #isOpen = false;
  #isFirst = true;
  #isAsked = false;
  #wanted: Wanted | undefined;
  #sending: Sending | undefined;
  readonly #waiting: MediaEffect[] = [];
  /** The party of the media that was answered last; absent: none is open. */
  #established: number | undefined;
  /** The keys that it sends and receives with. */
  #sends: SharedKey | undefined;
  #receives: SharedKey | undefined;
  #suite: SrtpSuite | undefined;
  #knowers: readonly string[] = [];

  constructor(ports: LegMediaPorts) {
    this.#ports = ports;
  }

  get offer(): PhoneOffer | undefined {
    return this.#offer;
  }

  /** An offer waits for its answer, or is on its way. */
  get isBusy(): boolean {
    return this.#isOpen || this.#isAsked;
  }

  /** No answer has been given yet. */
  get isFirst(): boolean {
    return this.#isFirst;
  }

  /**
   * The phone has offered. Tells whether the rules have to open the media anew: what they were told before
   * is no longer so.
   */
  offered(offer: PhoneOffer): boolean {
    const before = this.#offer;
    this.#offer = offer;
    this.#isOpen = true;
    this.#isAsked = false;
    const isChanged = before !== undefined && this.#isNews(before, offer);
    if (!before || isChanged) this.#known = offer.media;
    if (before && before !== offer) before.wipe();
    return isChanged;
  }

  /** Its offer was taken back, or our question turned down. */
  withdrawn(): void {
    this.#isOpen = false;
    this.#isAsked = false;
  }

  /** Our question was turned down for good: what was wanted cannot be. */
  unavailable(): void {
    this.withdrawn();
    const wanted = this.#wanted;
    if (wanted && !wanted.isTold) this.#tellRules(wanted, undefined);
  }

  openReceive(open: OpenReceive): void {
    // Music tells where it comes from; nothing is sent back to it.
    const to = open.source === undefined ? undefined : { host: open.source, port: DISCARD_PORT };
    this.#keepKey(open);
    this.#wanted = { open, isTold: false, to };
    if (this.#isOpen) this.#tell(this.#wanted);
  }

  startTransmit({ end, remote }: StartTransmit): void {
    if (this.#wanted?.open.end.party !== end.party) return;
    this.#wanted.to = remote;
    this.#answer();
  }

  /** A phone that never takes another key is sent to with the one it has, unless its sender chooses. */
  #keepKey({ format: { key, suite } }: OpenReceive): void {
    const kept = suite && this.#ports.keepsKeys ? this.#kept(suite) : undefined;
    if (key !== undefined && kept && !this.#ports.keys.has(key)) this.#ports.keys.put(key, kept);
  }

  /** The key that it receives with, for a suite that it has it for. */
  #kept(suite: SrtpSuite): MasterKey | undefined {
    return suite === this.#suite ? this.#receives?.key : undefined;
  }

  /** Somebody is to listen to this phone. True: it has to wait for the phone's key (see `waitFor`). */
  sendsTo({ end, from, format }: OpenReceive): boolean {
    const { key, suite } = format;
    this.#sending = { party: end.party, leg: from.leg, listener: phoneOf(end), key, suite };
    // Who listens again to media that goes on needs no new offer.
    const isKnown = this.#isOpen || this.#established === from.party;
    if (isKnown) this.#giveKey();
    return !isKnown && format.key !== undefined;
  }

  /** Is carried out once the phone's key is known, unless it is stopped before. */
  waitFor(effect: MediaEffect): void {
    this.#waiting.push(effect);
  }

  /** Media of this party ends, at this end or at the other. */
  stop(party: number): void {
    if (this.#wanted?.open.end.party === party) this.#wanted = undefined;
    if (this.#sending?.party === party) {
      this.#sending = undefined;
      this.#waiting.length = 0;
    }
  }

  /** After every step: what is wanted and what the phone was told are brought together. */
  settle(): void {
    const wanted = this.#wanted;
    if (this.#isOpen) {
      if (!wanted && !this.#isFirst) this.silence();
      else if (wanted && !wanted.isTold) this.#tell(wanted);
      else this.#answer();
    } else if (!this.#isAsked && this.#established !== wanted?.open.end.party) this.ask();
  }

  ask(): void {
    if (this.isBusy) return;
    this.#isAsked = true;
    this.#ports.ask();
  }

  /** Answers that nothing is sent either way. */
  silence(): void {
    const offer = this.#offer;
    if (!this.#isOpen || !offer) return;
    const { host } = offer;
    const suite = offer.isSrtpRequired ? offer.media.suites[0] : undefined;
    const crypto = suite && {
      suite,
      // The same as before where it can be: some clients never take another.
      key: this.#kept(suite) ?? this.#ports.keys.fresh(suite),
    };
    this.#established = undefined;
    this.#give(offer, {
      host,
      port: DISCARD_PORT,
      codec: offer.media.codecs[0] ?? 'pcmu',
      direction: 'inactive',
      ...(crypto && { crypto }),
    });
  }

  /** The call is over: nothing of the phone's keys stays. */
  close(): void {
    this.#offer?.wipe();
    for (const each of [this.#receives?.key, this.#sends?.key]) {
      each?.key.fill(0);
      each?.salt.fill(0);
    }
    this.#waiting.length = 0;
    this.#isOpen = false;
    this.#wanted = undefined;
  }

  /** Whether the phone says something else now than in its last offer. */
  isNews(said: PhoneOffer): boolean {
    return this.#offer?.equals(said) !== true;
  }

  /** It was asked to be silent, and did not let itself be asked. */
  get isStuck(): boolean {
    return this.#wanted === undefined && this.#established !== undefined;
  }

  /** Open media goes on while what it uses is offered again: clients leave the rest away. */
  #isNews(before: PhoneOffer, offer: PhoneOffer): boolean {
    const wanted = this.#wanted;
    if (wanted?.isTold) return !offer.sustains(before, wanted.open.format);
    return !wanted ? !before.equals(offer) : !this.#known || !offer.allows(this.#known);
  }

  #tell(wanted: Wanted): void {
    const { format } = wanted.open;
    const offer = this.#offer;
    if (!offer) return;
    // Without a key of the phone's own nobody could hear it as agreed.
    const isKeyed = format.suite === undefined || offer.keyOf(format.suite) !== undefined;
    if ((offer.isSrtpRequired && !format.suite) || !isKeyed) {
      this.#tellRules(wanted, undefined);
      return;
    }
    wanted.isTold = true;
    this.#giveKey();
    for (const effect of this.#waiting.splice(0)) this.#ports.passOn(effect);
    this.#tellRules(wanted, offer.address);
    this.#answer();
  }

  #tellRules({ open }: Wanted, address: MediaAddress | undefined): void {
    const { party } = open.end;
    const { device } = this.#ports;
    this.#ports.happen({ type: 'receive-opened', device, party, ...(address && { address }) });
  }

  /** The listener decrypts with the key that this phone has declared. */
  #giveKey(): void {
    const { key, suite } = this.#sending ?? {};
    const declared = suite && this.#offer?.keyOf(suite);
    if (key === undefined || !declared) return;
    this.#ports.keys.put(key, declared);
    const { leg, listener } = this.#sending ?? {};
    this.#sends = shared(this.#sends, declared, listener);
    this.#noteKnowers(leg ?? 0);
  }

  /** Tells the rules who knows the keys that this phone has. */
  #noteKnowers(leg: LegId): void {
    const by = [...new Set([...(this.#sends?.by ?? []), ...(this.#receives?.by ?? [])])];
    if (String(by) === String(this.#knowers)) return;
    this.#knowers = by;
    this.#ports.happen({ type: 'key-known', device: this.#ports.device, leg, by });
  }

  #answer(): void {
    const [offer, wanted] = [this.#offer, this.#wanted];
    if (!this.#isOpen || !offer || !wanted?.isTold || !wanted.to) return;
    const { format, end, from } = wanted.open;
    const { key, suite, codec, packetMs } = format;
    const declared = key !== undefined && suite && this.#ports.keys.keyOf(key, suite);
    const crypto = declared && suite ? { suite, key: copyOf(declared) } : undefined;
    if (crypto) this.#receives = shared(this.#receives, crypto.key, phoneOf(from));
    this.#suite = suite ?? this.#suite;
    this.#noteKnowers(end.leg);
    this.#established = end.party;
    const direction = from.kind === 'music' ? 'sendonly' : 'sendrecv';
    this.#give(offer, { ...wanted.to, codec, packetMs, direction, ...(crypto && { crypto }) });
  }

  #give(offer: PhoneOffer, answer: Answer): void {
    this.#isOpen = false;
    this.#isFirst = false;
    this.#ports.answer(offer, answer);
  }
}

/** Phones get to know keys; bridges forget theirs. */
function phoneOf({ kind, device }: MediaEndpoint): string | undefined {
  return kind === 'phone' || kind === 'built-in-bridge' ? device : undefined;
}

/** The same key is known to who knew it before, too. */
function shared(
  before: SharedKey | undefined,
  key: MasterKey,
  knower: string | undefined,
): SharedKey {
  const known = before && isSameKey(before.key, key) ? before.by : [];
  return { key: copyOf(key), by: knower === undefined ? known : [...new Set([...known, knower])] };
}

function copyOf({ key, salt }: MasterKey): MasterKey {
  return { key: key.slice(), salt: salt.slice() };
}
