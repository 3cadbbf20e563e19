/** The media and the level of a call between two lines. */
import { closeConnection, openConnection } from '../media/connection.ts';
import {
  type Assessment,
  assess,
  assessLeg,
  type Limit,
  protectionOf,
  srtpCapable,
} from '../security/assessment.ts';
import { bargeLimits } from '../security/barge-limit.ts';
import type { Call, Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';

export interface CallVerdict {
  readonly assessment: Assessment;
  readonly protection: 'srtp' | 'rtp';
  /** The media security policy forbids RTP to an encrypted device (D-20). */
  readonly refused: boolean;
}

/** The level of a call between two legs is the lower of both (SEC-02, SEC-04). */
export function assessCall(tx: Transaction, one: Leg, other: Leg): CallVerdict {
  const policy = tx.configuration.parameters.mediaSecurityPolicy;
  const parties = [one, other].map((leg) => ({
    phone: tx.phoneConfiguration(leg.device),
    registration: tx.phone(leg.device),
  }));
  const capable = parties.map(
    ({ phone, registration }) =>
      phone !== undefined && registration !== undefined && srtpCapable(phone, registration, 'call'),
  );
  const protection = protectionOf(policy, capable[0] ?? false, capable[1] ?? false);
  const limits = parties.map(({ phone, registration }): Limit => {
    if (!phone || !registration) {
      return { rule: 'D-08', level: 'unknown', fact: 'One party is not registered any more.' };
    }
    const leg = assessLeg(phone, registration, { protection, context: 'call' });
    return {
      rule: 'SEC-04',
      level: leg.level,
      fact: `${phone.name} is ${leg.level}.`,
      device: phone.name,
      because: leg.limits,
    };
  });
  for (const leg of [one, other]) limits.push(...bargeLimits(tx, leg.id));
  const refused = policy === 'enforce' && protection === 'rtp' && capable.includes(true);
  return { assessment: assess(limits), protection, refused };
}

/** Opens media between the two legs unless one of them holds. */
export function openCallMedia(tx: Transaction, call: Call): void {
  const [caller, callee] = [tx.leg(call.caller), tx.leg(call.callees[0] ?? 0)];
  if (!caller || !callee || caller.state !== 'connected' || callee.state !== 'connected') return;
  const { protection } = assessCall(tx, caller, callee);
  const connection = openConnection(
    tx,
    [
      { device: caller.device, kind: 'phone', leg: caller.id, conference: call.id },
      { device: callee.device, kind: 'phone', leg: callee.id, conference: call.id },
    ],
    protection,
  );
  tx.putCall({ ...call, connection: connection.id });
}

/** Closes the media and keeps the call (hold). */
export function closeCallMedia(tx: Transaction, call: Call): Call {
  closeConnection(tx, call.connection);
  closeConnection(tx, call.music);
  const { connection: _closed, music: _stopped, ...rest } = call;
  return tx.putCall(rest);
}
