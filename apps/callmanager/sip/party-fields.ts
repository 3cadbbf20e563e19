/**
 * Who the other side is, and how secure the call or conference is, as SIP phones are told: Call-Info
 * (enterprise dialect), Remote-Party-ID and P-Asserted-Identity. A client without icons reads the level
 * beside the name (PHN-08).
 */
import type { Level, PhoneEffect } from '@conclave/core';
import { formatCallInfo, formatNameAddress, NO_PARAMETERS, rawText } from '@conclave/sip';
import { CONFERENCE_NAME } from '../locale/phrases.ts';
import type { SipPeer } from './sip-peer.ts';

export type CallInfo = Extract<PhoneEffect, { type: 'call-info' }>;

export type Field = readonly [name: string, value: string];

const SECURITY = {
  unknown: 'Unknown',
  nonsecure: 'NotAuthenticated',
  authenticated: 'Authenticated',
  encrypted: 'Encrypted',
} as const satisfies Readonly<Record<Level, string>>;

/** `host` is ours, as this peer knows it. */
export function partyFields(info: CallInfo, peer: SipPeer, host: string): readonly Field[] {
  const party = info.direction === 'inbound' ? 'calling' : 'called';
  const address = otherAddress(info, peer, host);
  const identity: readonly Field[] = [
    ['Remote-Party-ID', `${address};party=${party};screen=yes;privacy=off`],
    ...(peer.isStandard || peer.isTrunk ? [['P-Asserted-Identity', address] as const] : []),
  ];
  if (peer.isTrunk) return identity;
  const orientation = info.direction === 'inbound' && !info.conference ? 'from' : 'to';
  const security = SECURITY[info.level ?? 'unknown'];
  const callInfo = formatCallInfo({ security, orientation, callInstance: 1 });
  return [['Call-Info', callInfo], ...identity];
}

/** The other side as an address with the name that the user reads. */
export function otherAddress(info: CallInfo, peer: SipPeer, host: string): string {
  const { name, number } = info.direction === 'inbound' ? info.calling : info.called;
  return addressOf(peer.isTrunk ? name : shownName(info, name, peer), number, host);
}

export function addressOf(name: string, number: string, host: string): string {
  const user = number === '' ? 'anonymous' : number;
  return formatNameAddress({
    ...(name !== '' && { displayName: name }),
    uri: { scheme: 'sip', user, host, parameters: NO_PARAMETERS },
    parameters: NO_PARAMETERS,
  });
}

function shownName({ conference, level, called }: CallInfo, name: string, peer: SipPeer): string {
  if (!peer.isStandard) return conference ? rawText(CONFERENCE_NAME) : name;
  const plain = conference ? 'Conference' : name;
  if (level === undefined || level === 'unknown') return plain;
  return `${plain === '' ? called.number : plain} (${level})`;
}
