/**
 * How calls become an ad hoc conference: a bridge is chosen and asked, and only when it has answered do
 * the legs leave their calls (SEC-07 ... SEC-13, SEC-10). Until then nothing has changed.
 */
import { prompt } from '../call/display.ts';
import { clearFromPhone } from '../call/leg.ts';
import { splitCall } from '../call/two-party.ts';
import { ON_BEHALF_OF } from '../cdr/record.ts';
import { allocationLimits } from '../media-resource/allocation-limit.ts';
import { type Allocation, selectBridge } from '../media-resource/bridge-selection.ts';
import { type Assessment, assess, assessDevice, policyLimit } from '../security/assessment.ts';
import { assessBridgeLeg } from '../security/bridge-leg.ts';
import { meets } from '../security/level.ts';
import type { Assembly, CallId, ConferenceId, Leg, LegId } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { loadOf } from './bridge-load.ts';
import { linkConferences } from './link.ts';
import { ANSWER_MS, admit, endConference } from './membership.ts';

/**
 * Asks a bridge for a conference of these legs; `owner` chooses it and will control it (CBG-02). False
 * when there is none to ask, which the initiator was told.
 */
export function assemble(tx: Transaction, owner: Leg, assembly: Assembly): boolean {
  const { initiator, joining, linking } = assembly;
  const asking = tx.theLeg(initiator);
  if ([...tx.conferences.values()].some((each) => each.assembly?.joining[0] === joining[0]))
    return true;
  const parties = joining.length + linking.length;
  const allocation = selectBridge(
    tx.configuration,
    {
      secure: meets(assessInitiator(tx, owner.device).level, 'authenticated'),
      fallback: true,
      parties,
      list: tx.phoneConfiguration(owner.device)?.mediaResourceList,
    },
    (name) => tx.bridge(name),
    (name) => loadOf(tx, name),
  );
  if (!allocation.bridge) {
    const reason = `No conference bridge is available to ${owner.device}.`;
    reportNoBridge(tx, asking, reason, allocation);
    return false;
  }
  const bridge = allocation.bridge.name;
  const legs = joining.map((leg) => tx.theLeg(leg));
  if (violatesPolicy(tx, legs, bridge, asking)) return false;
  const id = tx.takeId();
  tx.putConference({
    id,
    kind: 'ad-hoc',
    minimum: 'nonsecure',
    bridge,
    allocation,
    state: 'creating',
    startedMs: tx.nowMs,
    creator: { device: owner.device, number: owner.number },
    controller: owner.id,
    participants: [],
    pendingAdd: [],
    assembly,
    ...(assembly.focus && { focus: true }),
    level: 'unknown',
    levelSinceMs: tx.nowMs,
    answerDeadlineMs: tx.nowMs + ANSWER_MS,
    viewers: [],
  });
  tx.emit({ type: 'create-conference', bridge, conference: id, parties });
  return true;
}

/** The bridge has answered the request for this conference. */
export function assemblyCreated(tx: Transaction, id: ConferenceId, ok: boolean): void {
  const { assembly, ...conference } = tx.theConference(id);
  if (!assembly) return;
  tx.putConference({ ...conference, state: 'active' });
  if (ok && isReady(tx, assembly)) {
    bringIn(tx, id, assembly);
    return;
  }
  if (ok) endConference(tx, id);
  else tx.deleteConference(id);
  const asking = tx.leg(assembly.initiator);
  if (!asking) return;
  if (ok) tx.emit(prompt(asking, 'cannot-complete-conference', 10));
  else reportNoBridge(tx, asking, `Bridge ${conference.bridge} refused to create a conference.`);
  if (asking.joining) clearFromPhone(tx, asking);
}

/** The legs become participants of an active conference; their calls are taken apart. */
export function bringIn(tx: Transaction, id: ConferenceId, assembly: Assembly): void {
  const { creator, controller } = tx.theConference(id);
  const comment = `ConfControllerDn=${creator.number};ConfControllerDeviceName=${creator.device}`;
  const asking = tx.theLeg(assembly.initiator);
  const requestor = { number: asking.number, device: asking.device };
  const origin = new Map<LegId, CallId>();
  for (const leg of [...assembly.joining, ...assembly.merging]) {
    const call = tx.call(tx.theLeg(leg).call);
    if (!call) continue;
    for (const each of [call.caller, ...call.callees]) origin.set(each, call.id);
    splitCall(tx, call, { onBehalfOf: ON_BEHALF_OF.conference, comment });
  }
  for (const leg of assembly.merging) clearFromPhone(tx, tx.theLeg(leg));
  const joining = assembly.joining.map((leg) => {
    // The one who asked takes part at once, whatever the hold for a consultation.
    const own = tx.theLeg(leg).device === asking.device;
    return own ? tx.patchLeg(leg, { state: 'connected' }) : tx.theLeg(leg);
  });
  admit(tx, id, joining, (leg) => ({
    globalCallId: origin.get(leg.id) ?? tx.takeCallId(),
    ...(leg.id !== controller && { requestor }),
  }));
  const [base] = assembly.base === undefined ? joining : [tx.theLeg(assembly.base)];
  for (const leg of assembly.linking) {
    const other = tx.leg(leg);
    if (base && other) linkConferences(tx, tx.theLeg(base.id), other, { by: base, stays: true });
  }
}

/** What an initiator brings to the choice of a bridge (SEC-07, SEC-08). */
export function assessInitiator(tx: Transaction, device: string): Assessment {
  const phone = tx.phoneConfiguration(device);
  const registration = tx.phone(device);
  if (phone && registration) return assessDevice(phone, registration);
  const fact = `${device} is not registered any more.`;
  return assess([{ rule: 'D-08', level: 'unknown', fact, device }]);
}

/** The proof is every bridge that was looked at (SEC-13, D-03). */
export function reportNoBridge(
  tx: Transaction,
  leg: Leg,
  reason: string,
  allocation?: Allocation,
): void {
  const because = allocation ? allocationLimits(allocation, 'nonsecure') : [];
  tx.count('failedAllocations');
  tx.refuse({
    device: leg.device,
    operation: 'conference',
    text: 'no-conference-bridge',
    limits: [{ rule: 'SEC-13', level: 'nonsecure', fact: reason, device: leg.device, because }],
  });
  tx.emit(prompt(leg, 'no-conference-bridge', 10), {
    type: 'alarm',
    name: 'ConferenceBridgeUnavailable',
    device: leg.device,
    reason: 'no-bridge',
    text: reason,
  });
}

/** A leg would have no SRTP on this bridge where policy demands it; the one who asked is told. */
export function violatesPolicy(
  tx: Transaction,
  legs: readonly Leg[],
  bridge: string,
  by: Leg,
): boolean {
  for (const leg of legs) {
    const { refused, assessment } = assessBridgeLeg(tx, leg, bridge);
    if (!refused) continue;
    const limit = policyLimit(leg.device);
    const { device } = by;
    const text = 'media-security-required';
    tx.emit(prompt(by, text, 10), {
      type: 'alarm',
      name: 'MediaSecurityRequired',
      device,
      reason: 'policy',
      text: limit.fact,
    });
    tx.refuse({ device, operation: 'conference', text, limits: [limit, ...assessment.limits] });
    return true;
  }
  return false;
}

/** Everybody is still where they were when the bridge was asked. */
function isReady(tx: Transaction, { joining, merging, linking }: Assembly): boolean {
  const inCall = (leg: LegId): boolean => {
    const each = tx.leg(leg);
    return (
      each !== undefined && (each.joining === true || tx.call(each.call)?.state === 'connected')
    );
  };
  return (
    joining.every(inCall) &&
    merging.every(inCall) &&
    linking.every((leg) => tx.leg(leg)?.conference !== undefined)
  );
}
