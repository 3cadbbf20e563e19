/**
 * Everything that one phone is in becomes one conference: by Confrn (the held call and the consultation)
 * or by Join (the calls marked with Select). Calls are added, conferences are linked (JOI-01 ... JOI-04).
 */
import { at, mayChange, NOT_IN_CONTROL } from '../call/display.ts';
import { resume } from '../call/hold.ts';
import { turnDown } from '../call/turn-down.ts';
import { peerOf } from '../call/two-party.ts';
import type { Conference, Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { assemble, bringIn, violatesPolicy } from './assembly.ts';
import { refuseForRoom, roomIn } from './bridge-load.ts';
import { obstacleToLink, refuseLink } from './link.ts';

/** `legs` are two or more of one phone, the one to stay in first; `by` is where the key was pressed. */
export function gather(tx: Transaction, legs: readonly Leg[], by: Leg): boolean {
  const inCalls = legs.filter((leg) => leg.conference === undefined);
  const inConferences = legs.filter((leg) => leg.conference !== undefined);
  const peers = inCalls.map((leg) => peerOf(tx, leg));
  // A phone can, by transfers, be in a call with itself.
  if (legs.length < 2 || peers.some((peer) => !peer || peer.device === by.device)) {
    const fact = 'One of the calls has no other party that could be brought in.';
    const text = 'cannot-complete-conference';
    turnDown(tx, at(by), { operation: 'conference', text, rule: 'JOI-01', fact });
    return false;
  }
  const adHoc = inConferences.find((leg) => tx.conference(leg.conference)?.kind === 'ad-hoc');
  // Nobody is added to a meet-me conference: it is linked to one of the callers' own.
  const base = adHoc ?? (inCalls.length === 0 ? inConferences[0] : undefined);
  const linking = inConferences.filter((leg) => leg !== base);
  const conference = tx.conference(base?.conference);
  const room = conference
    ? roomIn(tx, conference)
    : tx.configuration.parameters.maximumAdHocConference - 1;
  if (inCalls.length + linking.length > room) {
    refuseForRoom(tx, at(by), conference);
    return false;
  }
  return base && conference
    ? extend(tx, { conference, base, inCalls, linking, by })
    : begin(tx, inCalls, linking, by);
}

interface Extension {
  readonly conference: Conference;
  readonly base: Leg;
  readonly inCalls: readonly Leg[];
  readonly linking: readonly Leg[];
  readonly by: Leg;
}

function extend(tx: Transaction, { conference, base, inCalls, linking, by }: Extension): boolean {
  if (inCalls.length > 0 && !mayChange(tx, conference, base)) {
    turnDown(tx, at(by), { operation: 'conference', ...NOT_IN_CONTROL, text: 'key-not-active' });
    return false;
  }
  const [obstacle] = linking.flatMap((leg) => obstacleToLink(tx, base, leg) ?? []);
  if (obstacle) {
    refuseLink(tx, by, obstacle);
    return false;
  }
  const peers = inCalls.flatMap((leg) => peerOf(tx, leg) ?? []);
  if (violatesPolicy(tx, peers, conference.bridge, by)) return false;
  bringIn(tx, conference.id, {
    initiator: base.id,
    base: base.id,
    joining: peers.map((leg) => leg.id),
    merging: inCalls.map((leg) => leg.id),
    linking: linking.map((leg) => leg.id),
  });
  const stayed = tx.leg(base.id);
  if (stayed) resume(tx, stayed);
  return true;
}

function begin(
  tx: Transaction,
  inCalls: readonly Leg[],
  linking: readonly Leg[],
  by: Leg,
): boolean {
  const [own, ...merging] = inCalls;
  if (!own) return false;
  assemble(tx, own, {
    initiator: by.id,
    joining: [own, ...inCalls.flatMap((leg) => peerOf(tx, leg) ?? [])].map((leg) => leg.id),
    merging: merging.map((leg) => leg.id),
    linking: linking.map((leg) => leg.id),
  });
  return true;
}
