/**
 * The rules: what happened, in; the next state and what to do about it, out. Pure: the same state,
 * event and time always give the same answer, so a log of events replays a day.
 */
import { unreachable } from '@conclave/base';
import { bargeAudited, settleBarges } from './call/barge.ts';
import { bargeTonesOver } from './call/barge-tone.ts';
import { tellCallLevel } from './call/call-level.ts';
import { announcementChanged, captureChanged, configurationChanged } from './call/circumstance.ts';
import { durationDeadlineMs, endOverlong, lifeOf } from './call/duration.ts';
import { keyKnown, participantMediaOpen } from './call/media-offer.ts';
import { musicFailed, musicLost } from './call/music.ts';
import { settleParked } from './call/park.ts';
import { digitsTimedOut, phoneAction } from './call/phone-action.ts';
import { release } from './call/release.ts';
import { remoteStatus } from './call/remote-party.ts';
import { settleAppearances } from './call/shared-line.ts';
import { settleTransfers } from './call/transfer.ts';
import { CAUSE, ON_BEHALF_OF } from './cdr/record.ts';
import { settleConsultations } from './conference/ad-hoc.ts';
import { assemblyCreated } from './conference/assembly.ts';
import { lockConference, muteParty } from './conference/control.ts';
import { askAgain, audited } from './conference/departure.ts';
import { settleInvitations } from './conference/focus.ts';
import { meetMeCreated } from './conference/meet-me.ts';
import {
  abandonConference,
  leave,
  mediaRefused,
  participantAdded,
  patchParticipant,
} from './conference/membership.ts';
import { enforceMinimum } from './conference/minimum.ts';
import { starCode } from './conference/star-code.ts';
import type { Effect, MediaAddress } from './effect.ts';
import type { Event } from './event.ts';
import { firstConnectedMs, specialLegs } from './leg-table.ts';
import { connectionOfParty, receiveOpened } from './media/connection.ts';
import type { PhoneRegistration } from './registration.ts';
import { licenceLimit } from './security/endpoint-limit.ts';
import { firmwareAdvice } from './security/phone-model.ts';
import type { Connection, State } from './state.ts';
import { Transaction } from './transaction.ts';

export interface Step {
  readonly state: State;
  /** To be carried out in this order. */
  readonly effects: readonly Effect[];
}

/** `nowMs` is the time in milliseconds since the Unix epoch. */
export function step(state: State, event: Event, nowMs: number): Step {
  const tx = new Transaction(state, nowMs);
  apply(tx, event);
  settleTransfers(tx);
  enforceMinimum(tx);
  settleBarges(tx);
  settleConsultations(tx);
  settleInvitations(tx);
  settleParked(tx);
  settleAppearances(tx);
  return { state: tx.seal(), effects: tx.effects };
}

/** When the rules want a `clock` event next; undefined when nothing waits for time. */
export function nextDeadlineMs(state: State): number | undefined {
  let deadline: number | undefined;
  const note = (deadlineMs: number | undefined): void => {
    if (deadlineMs !== undefined && deadlineMs < (deadline ?? Infinity)) deadline = deadlineMs;
  };
  for (const leg of specialLegs(state.legs)) {
    note(leg.digitDeadlineMs);
    note(leg.bargeToneUntilMs);
  }
  const connectedMs = firstConnectedMs(state.legs);
  if (connectedMs !== undefined) note(durationDeadlineMs(state, { connectedMs }));
  for (const conference of state.conferences.values()) {
    note(conference.answerDeadlineMs);
    note(durationDeadlineMs(state, lifeOf(conference)));
  }
  return deadline;
}

function apply(tx: Transaction, event: Event): void {
  switch (event.type) {
    case 'configuration':
      return configurationChanged(tx, event.configuration);
    case 'phone-registered':
      return phoneRegistered(tx, event.registration);
    case 'bridge-registered':
      deviceLost(tx, event.registration.name);
      return tx.putBridge(event.registration);
    case 'device-unregistered':
      return deviceLost(tx, event.device);
    case 'phone':
      return phoneAction(tx, event.device, event.action);
    case 'receive-opened':
      return mediaOpened(tx, event);
    case 'transmit-failed':
      return mediaFailed(tx, connectionOfParty(tx, event.device, event.party));
    case 'conference-created':
      return conferenceCreated(tx, event);
    case 'participant-added':
      if (!isBridgeOf(tx, event)) return;
      return participantAdded(tx, event.conference, event.leg, event.ok);
    case 'participants-audited':
      if (!isBridgeOf(tx, event)) return;
      return audited(tx, event.conference, event.legs);
    case 'music-registered':
      deviceLost(tx, event.registration.name);
      return tx.putMusic(event.registration);
    case 'eject':
      return leave(tx, event.conference, event.leg, {
        cause: CAUSE.conferenceDropAnyParty,
        onBehalfOf: ON_BEHALF_OF.callControl,
        comment: `DropConfRequestorUserId=${event.by}`,
      });
    case 'lock':
      return lockConference(tx, event.conference, event);
    case 'mute':
      return muteParty(tx, event.conference, event.leg, event.muted);
    case 'key-known': {
      const leg = tx.leg(event.leg);
      return leg?.device === event.device ? keyKnown(tx, leg, event.by) : undefined;
    }
    case 'participant-digit':
      return digitHeard(tx, event);
    case 'media-refused':
      if (!isBridgeOf(tx, event)) return;
      return mediaRefused(tx, event.conference, event.leg, event.packets);
    case 'media-audited':
      return bargeAudited(tx, event.device, event.party);
    case 'remote-status':
      return remoteStatus(tx, event.device, event.leg, event.level);
    case 'announcement':
      return announcementChanged(tx, event.device, event.active);
    case 'capture':
      return captureChanged(tx, event.device, event.active);
    case 'clock':
      bargeTonesOver(tx);
      digitsTimedOut(tx);
      endOverlong(tx);
      return answersOverdue(tx);
    default:
      return unreachable(event);
  }
}

/** A CTI port without a licence never registers (CTI-01); old firmware is worth a warning (PHN-05). */
function phoneRegistered(tx: Transaction, registration: PhoneRegistration): void {
  const { name } = registration;
  const phone = tx.phoneConfiguration(name);
  const limit = phone && licenceLimit(phone);
  deviceLost(tx, name);
  if (!limit) {
    const text = phone && firmwareAdvice(phone);
    tx.putPhone(registration);
    if (text) {
      tx.emit({ type: 'alarm', name: 'FirmwareOutdated', device: name, reason: 'firmware', text });
    }
    return;
  }
  tx.emit({
    type: 'alarm',
    name: 'DeviceRegistrationRejected',
    device: name,
    reason: 'no-licence',
    text: limit.fact,
  });
  tx.refuse({ device: name, operation: 'register', limits: [limit] });
}

/** Everything the device took part in ends, with records; a bridge takes its conferences along. */
function deviceLost(tx: Transaction, device: string): void {
  if (!tx.isRegistered(device)) return;
  tx.removeDevice(device);
  musicLost(tx, device);
  for (const leg of tx.legsOf(device)) {
    const still = tx.leg(leg.id);
    if (still) release(tx, still, CAUSE.destinationOutOfOrder);
  }
  announcementChanged(tx, device, false);
  for (const conference of tx.conferences.values()) {
    if (conference.bridge !== device) continue;
    if (conference.assembly) assemblyCreated(tx, conference.id, false);
    else abandonConference(tx, conference.id, CAUSE.temporaryFailure);
  }
}

function conferenceCreated(
  tx: Transaction,
  event: { readonly bridge: string; readonly conference: number; readonly ok: boolean },
): void {
  const conference = tx.conference(event.conference);
  if (!conference || !isBridgeOf(tx, event) || conference.state !== 'creating') return;
  const { answerDeadlineMs: _answered, ...rest } = conference;
  tx.putConference(rest);
  if (conference.assembly) assemblyCreated(tx, conference.id, event.ok);
  else meetMeCreated(tx, conference.id, event.ok);
}

/** A conference that was never created is given up; who is left in one is asked again. */
function answersOverdue(tx: Transaction): void {
  for (const { id, bridge, state, assembly, answerDeadlineMs } of tx.conferences.values()) {
    if (answerDeadlineMs === undefined || answerDeadlineMs > tx.nowMs) continue;
    if (state !== 'creating') {
      askAgain(tx, id);
      continue;
    }
    // Should the bridge create it after all, it must not keep it.
    tx.emit({ type: 'delete-conference', bridge, conference: id });
    if (assembly) assemblyCreated(tx, id, false);
    else meetMeCreated(tx, id, false);
  }
}

/** A bridge speaks only for its own conferences. */
function isBridgeOf(
  tx: Transaction,
  event: { readonly bridge: string; readonly conference: number },
): boolean {
  return tx.conference(event.conference)?.bridge === event.bridge;
}

function mediaOpened(
  tx: Transaction,
  event: {
    readonly device: string;
    readonly party: number;
    readonly address?: MediaAddress;
  },
): void {
  const connection = connectionOfParty(tx, event.device, event.party);
  const end = connection?.ends.find((each) => each.party === event.party);
  // Music never listens, whatever it says: nobody's voice may go there.
  if (!connection || !end || end.address || end.kind === 'music') return;
  if (!event.address) {
    mediaFailed(tx, connection);
    return;
  }
  const updated = receiveOpened(tx, connection, event.party, event.address);
  if (end.kind === 'phone') rememberMedia(tx, updated, end.leg, event.address);
  if (!updated.ends.every((each) => each.address)) return;
  const call = tx.call(tx.leg(end.leg)?.call);
  if (call) tellCallLevel(tx, call);
  else participantMediaOpen(tx, updated);
}

function digitHeard(
  tx: Transaction,
  event: { readonly bridge: string; readonly party: number; readonly digit: string },
): void {
  const connection = connectionOfParty(tx, event.bridge, event.party);
  const end = connection?.ends.find(
    ({ party, kind }) => party === event.party && kind === 'bridge',
  );
  const leg = tx.leg(end?.leg ?? 0);
  if (leg && leg.conference === end?.conference) starCode(tx, leg, event.digit);
}

/** Keeps the address for the record. */
function rememberMedia(
  tx: Transaction,
  connection: Connection,
  leg: number,
  address: MediaAddress,
): void {
  const media = { address: address.host, port: address.port };
  const owner = tx.leg(leg);
  const call = tx.call(owner?.call);
  if (call?.connection === connection.id) {
    tx.putCall({ ...call, media: new Map(call.media).set(leg, media) });
  } else if (owner?.conference !== undefined) {
    patchParticipant(tx, owner.conference, leg, { media });
  }
}

/** No audio is possible: the call ends, or the participant leaves. Without music it goes on. */
function mediaFailed(tx: Transaction, connection: Connection | undefined): void {
  const end = connection?.ends[0];
  if (end?.kind === 'music') {
    musicFailed(tx, connection);
    return;
  }
  const leg = end && tx.leg(end.leg);
  if (!leg) return;
  if (leg.conference !== undefined) {
    leave(tx, leg.conference, leg.id, {
      cause: CAUSE.resourceUnavailable,
      onBehalfOf: ON_BEHALF_OF.callControl,
    });
    return;
  }
  release(tx, leg, CAUSE.resourceUnavailable);
}
