/** The media and the level of a call between two lines. */
import { closeConnection, openConnection } from '../media/connection.ts';
import {
  type Assessment,
  assess,
  assessLeg,
  commonSuite,
  isEncryptedDevice,
  type Limit,
  protectionOf,
  srtpCapable,
  suitesOf,
} from '../security/assessment.ts';
import { bargeLimits } from '../security/barge-limit.ts';
import { isTrunk } from '../security/endpoint-limit.ts';
import { knownKeyLimits } from '../security/known-key.ts';
import { highest, rank } from '../security/level.ts';
import { legTransients } from '../security/transient.ts';
import type { Call, Connection, Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { publishCall } from './call-level.ts';

export interface CallVerdict {
  readonly assessment: Assessment;
  readonly protection: 'srtp' | 'rtp';
  /** The media security policy forbids RTP to an encrypted device (D-20). */
  readonly refused: boolean;
}

/** The level of a call between two legs is the lower of both (SEC-02, SEC-04). */
export function assessCall(tx: Transaction, one: Leg, other: Leg): CallVerdict {
  const { parameters } = tx.configuration;
  const policy = parameters.mediaSecurityPolicy;
  const parties = [one, other].map((leg) => ({
    leg,
    phone: tx.phoneConfiguration(leg.device),
    registration: tx.phone(leg.device),
  }));
  const context = parties.some(({ phone }) => phone && isTrunk(phone)) ? 'trunk' : 'call';
  const [first = false, second = false] = parties.map(
    ({ leg, phone, registration }) =>
      phone !== undefined &&
      registration !== undefined &&
      srtpCapable(phone, registration, context, leg.offer),
  );
  const suite = commonSuite(suitesOf(one.offer, parameters), suitesOf(other.offer, parameters));
  // Media that is open is worth what it is, whatever would be agreed now.
  const protection =
    openMedia(tx, one, other)?.protection ??
    protectionOf(policy, first && suite !== undefined, second);
  const limits = parties.map(({ leg, phone, registration }): Limit => {
    if (!phone || !registration) {
      return { rule: 'D-08', level: 'unknown', fact: 'One party is not registered any more.' };
    }
    const { remote, remoteSinceMs } = leg;
    const media = { protection, context, remote, remoteSinceMs, parameters } as const;
    const now = assess([
      ...assessLeg(phone, registration, media).limits,
      ...legTransients(tx, leg.device, leg.id),
      ...knownKeyLimits(tx, leg.device, leg.id),
    ]);
    return {
      rule: 'SEC-04',
      level: now.level,
      fact: `${phone.name} is ${now.level}.`,
      device: phone.name,
      sinceMs: leg.connectedMs ?? tx.nowMs,
      because: now.limits,
    };
  });
  for (const leg of [one, other]) limits.push(...bargeLimits(tx, leg.id));
  const encrypted = parties.some(
    ({ phone, registration }) => phone && registration && isEncryptedDevice(phone, registration),
  );
  const refused = policy === 'enforce' && protection === 'rtp' && encrypted;
  return { assessment: assess(limits), protection, refused };
}

function openMedia(tx: Transaction, one: Leg, other: Leg): Connection | undefined {
  return one.call === other.call ? tx.connection(tx.call(one.call)?.connection) : undefined;
}

/** Opens media between the two legs unless one of them holds. */
export function openCallMedia(tx: Transaction, call: Call): void {
  const [caller, callee] = [tx.leg(call.caller), tx.leg(call.callees[0] ?? 0)];
  if (!caller || !callee || caller.state !== 'connected' || callee.state !== 'connected') return;
  const { protection, assessment } = assessCall(tx, caller, callee);
  // Policy may have changed since the call was told its level: down before the media opens.
  if (rank(assessment.level) < rank(call.assessment?.level ?? 'unknown')) publishCall(tx, call.id);
  for (const leg of [caller, callee]) {
    tx.patchLeg(leg.id, { highest: highest(tx.theLeg(leg.id).highest, assessment.lasting) });
  }
  const connection = openConnection(
    tx,
    [
      { device: caller.device, kind: 'phone', leg: caller.id, conference: call.id },
      { device: callee.device, kind: 'phone', leg: callee.id, conference: call.id },
    ],
    protection,
  );
  tx.putCall({ ...call, assessment, connection: connection.id });
}

/** Closes the media and keeps the call (hold). */
export function closeCallMedia(tx: Transaction, call: Call): Call {
  closeConnection(tx, call.connection);
  closeConnection(tx, call.music);
  const { connection: _closed, music: _stopped, ...rest } = call;
  return tx.putCall(rest);
}
