/**
 * Music on hold: what the other party hears while one holds. An encrypted call hears only music that
 * is SRTP itself, or a tone; a conference hears none while it is secure (INT-01, D-11, domain 1.4).
 */
import { assessConference } from '../conference/level.ts';
import { RESOURCE_SUITES } from '../configuration.ts';
import { closeConnection, openConnection } from '../media/connection.ts';
import { selectMusic } from '../media-resource/music-selection.ts';
import { commonSuite, protectionOf, srtpCapable, suitesOf } from '../security/assessment.ts';
import { meets } from '../security/level.ts';
import type {
  Call,
  Conference,
  ConferenceId,
  Connection,
  ConnectionId,
  Leg,
  Participant,
} from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { at } from './display.ts';

/** The holder's peer hears music, or a tone when no server fits. */
export function playMusic(tx: Transaction, call: Call, holder: Leg): void {
  const peer = tx.leg(call.caller === holder.id ? (call.callees[0] ?? 0) : call.caller);
  const phone = peer && tx.phoneConfiguration(peer.device);
  const registration = peer && tx.phone(peer.device);
  if (peer?.state !== 'connected' || peer.detached || !phone || !registration) return;
  const encrypted = call.assessment?.lasting === 'encrypted';
  const server = serverFor(tx, holder, encrypted);
  if (!server) {
    tx.emit({ ...at(peer), type: 'tone', tone: 'hold' });
    return;
  }
  const protection = protectionOf(
    tx.configuration.parameters.mediaSecurityPolicy,
    server.secure,
    srtpCapable(phone, registration, 'call', peer.offer) &&
      commonSuite(suitesOf(peer.offer, tx.configuration.parameters), RESOURCE_SUITES) !== undefined,
  );
  const { id } = openConnection(
    tx,
    [
      { device: server.name, kind: 'music', leg: peer.id, conference: call.id },
      { device: peer.device, kind: 'phone', leg: peer.id, conference: call.id },
    ],
    protection,
  );
  tx.putCall({ ...call, music: id });
}

/** Ends the music, or the tone, of a call. */
export function stopMusic(tx: Transaction, call: Call): Call {
  closeConnection(tx, call.music);
  const toned = call.music === undefined ? [call.caller, ...call.callees] : [];
  for (const id of toned) {
    const leg = tx.leg(id);
    if (leg?.state === 'connected') tx.emit({ ...at(leg), type: 'stop-tone' });
  }
  const { music: _stopped, ...rest } = call;
  return tx.putCall(rest);
}

/** A music server is gone: what it played to is silent until the holder resumes. */
export function musicLost(tx: Transaction, server: string): void {
  endMusic(tx, (id) => tx.connection(id)?.ends[0].device === server);
}

/** One stream of music came to nothing: silence, as when its server is gone. */
export function musicFailed(tx: Transaction, connection: Connection | undefined): void {
  endMusic(tx, (id) => id === connection?.id);
}

function endMusic(tx: Transaction, which: (id: ConnectionId) => boolean): void {
  const isOne = (id: ConnectionId | undefined): boolean => id !== undefined && which(id);
  for (const call of tx.calls.values()) if (isOne(call.music)) stopMusic(tx, call);
  for (const { id } of tx.conferences.values()) {
    silence(tx, id, ({ connection }) => isOne(connection));
  }
}

/** A conference that has become secure hears no music (INT-01). */
export function stopConferenceMusic(tx: Transaction, id: ConferenceId): void {
  silence(tx, id, ({ held }) => held);
}

function silence(tx: Transaction, id: ConferenceId, which: (each: Participant) => boolean): void {
  const { participants } = tx.theConference(id);
  if (!participants.some((each) => each.connection !== undefined && which(each))) return;
  tx.patchConference(id, {
    participants: participants.map((each) => {
      if (!which(each)) return each;
      closeConnection(tx, each.connection);
      const { connection: _closed, ...rest } = each;
      return rest;
    }),
  });
}

/**
 * The stream of music that a nonsecure conference hears in the place of a holding member. A secure
 * bridge takes only SRTP music, so that the conference can become secure at any time.
 */
export function conferenceMusic(
  tx: Transaction,
  { leg, device }: Participant,
  conference: Conference,
): number | undefined {
  const { suppressMusicToConference } = tx.configuration.parameters;
  // What is shown for a while does not count (D-11, D-22).
  const { lasting } = assessConference(tx, conference);
  const secure = meets(lasting, 'authenticated');
  const holder = tx.leg(leg);
  if (suppressMusicToConference || secure || !holder) return undefined;
  const secureBridge = tx.bridge(conference.bridge)?.secure ?? false;
  const server = serverFor(tx, { ...holder, device }, secureBridge);
  if (!server) return undefined;
  const { id } = openConnection(
    tx,
    [
      { device: server.name, kind: 'music', leg, conference: conference.id },
      { device: conference.bridge, kind: 'bridge', leg, conference: conference.id },
    ],
    secureBridge ? 'srtp' : 'rtp',
  );
  return id;
}

function serverFor(tx: Transaction, holder: Leg, secure: boolean): ReturnType<typeof selectMusic> {
  const list = tx.phoneConfiguration(holder.device)?.mediaResourceList;
  return selectMusic(tx.configuration, { secure, list }, tx.musics, (name) => {
    const streams = [...tx.connections.values()].filter(({ ends }) => ends[0].device === name);
    return streams.length;
  });
}
