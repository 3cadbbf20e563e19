/**
 * The media between two ends: who listens where, with which key each direction is protected.
 *
 * Each direction has its own key, named when the connection opens and never used again (BRG-09). An
 * end may send only after the other has told where it receives.
 */
import { unreachable } from '@conclave/base';
import { BRIDGE_SUITES, type SrtpSuite } from '../configuration.ts';
import type { MediaAddress, MediaEndpoint, MediaKind, StreamFormat } from '../effect.ts';
import type { MediaOffer } from '../registration.ts';
import { commonSuite, type MediaProtection, suitesOf } from '../security/assessment.ts';
import type { ConferenceId, Connection, ConnectionId, LegId, MediaEnd } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { type AudioAbility, commonAudio, G711, PACKET_TIMES_MS } from './common-audio.ts';
import { warnOfKeysInClear } from './keys-in-clear.ts';

/** Two parties, two keys, and the connection's own id, which is taken last. */
const IDS_OF_CONNECTION = 5;

export interface EndWish {
  readonly device: string;
  readonly kind: MediaKind;
  readonly leg: LegId;
  readonly conference: ConferenceId;
}

/**
 * Asks the ends to listen. They answer with `receive-opened`. Music only sends: it must be the first end.
 */
export function openConnection(
  tx: Transaction,
  wishes: readonly [EndWish, EndWish],
  protection: MediaProtection,
): Connection {
  const ends = [end(tx, wishes[0], protection), end(tx, wishes[1], protection)] as const;
  const connection = tx.putConnection({
    id: tx.takeId(),
    ends,
    protection,
    ...(protection === 'srtp' && { suite: agreedSuite(tx, wishes) }),
    ...commonAudio(wishes.map((wish) => abilityOf(tx, wish))),
    openedMs: tx.nowMs,
  });
  for (const each of protection === 'srtp' ? ends : []) warnOfKeysInClear(tx, each);
  for (const each of listenersOf(ends)) askToListen(tx, connection, each);
  return connection;
}

/** Also one that was asked to stop, and goes on with what it had: neither key nor address is new. */
export function askToListen(tx: Transaction, connection: Connection, listener: MediaEnd): void {
  const { ends } = connection;
  const source = tx.music(ends[0].device)?.address;
  tx.emit({
    type: 'open-receive',
    end: endpoint(listener),
    from: endpoint(listener === ends[0] ? ends[1] : ends[0]),
    format: formatOf(tx, connection, listener),
    ...(source !== undefined && { source }),
  });
}

/** One end told where it listens: the other may send to it now. */
export function receiveOpened(
  tx: Transaction,
  connection: Connection,
  party: number,
  address: MediaAddress,
): Connection {
  const [one, other] = connection.ends;
  const [listener, sender] = one.party === party ? [one, other] : [other, one];
  const told: MediaEnd = { ...listener, address };
  const updated = tx.putConnection({
    ...connection,
    ends: one.party === party ? [told, other] : [one, told],
  });
  tx.emit({
    type: 'start-transmit',
    end: endpoint(sender),
    format: formatOf(tx, connection, listener),
    remote: address,
  });
  return updated;
}

/** Stops both directions and has the keys wiped. Ends whose device is gone are left alone. */
export function closeConnection(tx: Transaction, id: ConnectionId | undefined): void {
  const connection = tx.connection(id);
  if (!connection) return;
  for (const each of connection.ends) {
    if (!tx.isRegistered(each.device)) continue;
    if (sends(connection.ends, each)) tx.emit({ type: 'stop-transmit', end: endpoint(each) });
    if (each.kind !== 'music') tx.emit({ type: 'close-receive', end: endpoint(each) });
  }
  for (const { receiveKey } of connection.ends) {
    if (receiveKey !== undefined) tx.emit({ type: 'forget-key', key: receiveKey });
  }
  tx.deleteConnection(connection.id);
}

/** The connection that has this party at this device; a party of another device is not found. */
export function connectionOfParty(
  tx: Transaction,
  device: string,
  party: number,
): Connection | undefined {
  for (let id = party + 1; id < party + IDS_OF_CONNECTION; id += 1) {
    const connection = tx.connection(id);
    if (connection?.ends.some((each) => each.party === party && each.device === device)) {
      return connection;
    }
  }
  return undefined;
}

function listenersOf(ends: Connection['ends']): readonly MediaEnd[] {
  return ends.filter((each) => each.kind !== 'music');
}

/** Nobody sends to music. */
function sends([one]: Connection['ends'], each: MediaEnd): boolean {
  return one.kind !== 'music' || each.kind === 'music';
}

function end(tx: Transaction, wish: EndWish, protection: MediaProtection): MediaEnd {
  return {
    ...wish,
    party: tx.takeId(),
    ...(protection === 'srtp' && wish.kind !== 'music' && { receiveKey: tx.takeId() }),
  };
}

function endpoint(each: MediaEnd): MediaEndpoint {
  const { device, kind, leg, conference, party } = each;
  return { device, kind, leg, conference, party };
}

/** The format of the stream that `listener` receives. */
function formatOf(tx: Transaction, connection: Connection, listener: MediaEnd): StreamFormat {
  const [one, other] = connection.ends;
  // A phone's number of key presses is repeated to it: it is that of both directions.
  const offer = offerOf(tx, listener) ?? offerOf(tx, listener === one ? other : one);
  return {
    codec: connection.codec,
    packetMs: connection.packetMs,
    ...(offer && { telephoneEvent: offer.telephoneEvent ?? 0 }),
    ...(connection.suite && { suite: connection.suite }),
    ...(listener.receiveKey !== undefined && { key: listener.receiveKey }),
  };
}

function abilityOf(tx: Transaction, wish: EndWish): AudioAbility {
  switch (wish.kind) {
    case 'phone':
    case 'built-in-bridge': {
      const offer = offerOf(tx, wish);
      if (!offer)
        return { codecs: tx.phone(wish.device)?.codecs ?? G711.slice(0, 1), isChoosing: true };
      const { codecs, packetMs } = offer;
      const wanted = packetMs === undefined ? {} : { packetMs };
      return { codecs, isChoosing: true, packetTimesMs: PACKET_TIMES_MS, ...wanted };
    }
    case 'bridge':
      return { codecs: tx.bridge(wish.device)?.codecs ?? G711, packetTimesMs: PACKET_TIMES_MS };
    case 'music':
      return { codecs: G711 };
    default:
      return unreachable(wish.kind);
  }
}

/** Both ends have it; what has not told its suites is given the one that phones are given, if it can be. */
function agreedSuite(tx: Transaction, wishes: readonly [EndWish, EndWish]): SrtpSuite {
  const { parameters } = tx.configuration;
  const [one = [], other = []] = wishes
    .map((wish) => ({ kind: wish.kind, offer: offerOf(tx, wish) }))
    .toSorted((a, b) => Number(a.offer !== undefined) - Number(b.offer !== undefined))
    .map(({ kind, offer }) => {
      const suites = suitesOf(offer, parameters);
      return kind === 'bridge' ? [...new Set([...suites, ...BRIDGE_SUITES])] : suites;
    });
  return commonSuite(one, other) ?? parameters.srtpSuite;
}

function offerOf(tx: Transaction, { device, leg }: EndWish): MediaOffer | undefined {
  const owner = tx.leg(leg);
  return owner?.device === device ? owner.offer : undefined;
}
