import type { Event } from '@conclave/core';
import { type Flow, Headers, NO_BODY, type SipRequest } from '@conclave/sip';
import {
  SAMPLE_CONFIGURATION,
  type StoredConfiguration,
  type StoredSipTrunk,
} from '@conclave/store';
import { expect, test } from 'vitest';
import { AlarmLimit } from '../alarm-limit.ts';
import { SipPeers } from './sip-peers.ts';

/* Goal: trunks are in service as long as they are configured, and are told from phones and from strangers. */

const TRUNK: StoredSipTrunk = {
  name: 'TO-PARIS',
  description: '',
  devicePool: 'Default',
  location: 'Hub_None',
  destinations: [{ host: '192.0.2.7' }],
  transport: 'UDP',
  srtpAllowed: false,
  trustSecurityStatus: false,
  onNet: false,
};

test('a trunk is in service when it is configured, and no more when it is not', () => {
  const { peers, events } = desk();
  peers.configure(withTrunks(TRUNK), new Set(['TO-PARIS']));
  expect(events).toMatchObject([
    { type: 'phone-registered', registration: { name: 'TO-PARIS', signalling: 'clear' } },
  ]);
  expect(peers.peerOf('TO-PARIS')).toMatchObject({ isTrunk: true, contact: '192.0.2.7' });
  // Other changes are none of its business.
  peers.configure(withTrunks(TRUNK), new Set(['SEP000000001001']));
  expect(events).toHaveLength(1);
  peers.configure(withTrunks(), new Set(['TO-PARIS']));
  expect(events.slice(1)).toEqual([{ type: 'device-unregistered', device: 'TO-PARIS' }]);
  expect(peers.peerOf('TO-PARIS')).toBeUndefined();
  peers.close();
});

test('what comes from its address comes over it, whomever it is from; others are nobody', () => {
  const { peers } = desk();
  peers.configure(withTrunks(TRUNK), new Set(['TO-PARIS']));
  expect(peers.senderOf(REQUEST, flowOf('192.0.2.7'))).toMatchObject({ device: 'TO-PARIS' });
  expect(peers.senderOf(REQUEST, flowOf('192.0.2.8'))).toBeUndefined();
  peers.close();
});

test('to the other system we are who it takes us for', () => {
  const { peers } = desk();
  const digest = { user: 'us', realm: 'far', md5: 'm', sha256: 's' };
  peers.configure(withTrunks({ ...TRUNK, digest }), new Set(['TO-PARIS']));
  expect(peers.secretFor('sip:8001@192.0.2.7')).toEqual(digest);
  expect(peers.secretFor('sip:8001@192.0.2.8')).toBeUndefined();
  peers.close();
});

function desk(): { readonly peers: SipPeers; readonly events: Event[] } {
  const events: Event[] = [];
  const peers = new SipPeers({
    clock: { nowMs: () => 0, timer: () => ({ set: () => {} }) },
    configuration: withTrunks(),
    sealKey: new Uint8Array(32),
    sockets: () => undefined,
    random: () => 0,
    happen: (event) => events.push(event),
    raise: () => {},
    limit: new AlarmLimit(),
    log: () => {},
    news: () => {},
  });
  return { peers, events };
}

function withTrunks(...sipTrunks: readonly StoredSipTrunk[]): StoredConfiguration {
  return { ...SAMPLE_CONFIGURATION, sipTrunks };
}

const REQUEST: SipRequest = {
  type: 'request',
  method: 'INVITE',
  uri: 'sip:1001@192.0.2.1',
  headers: Headers.of([['From', '<sip:1002@192.0.2.7>;tag=x']]),
  body: NO_BODY,
};

function flowOf(host: string): Flow {
  return {
    id: `udp:${host}:5060`,
    transport: 'udp',
    remote: { host, port: 5060 },
    local: { host: '192.0.2.1', port: 5060 },
  };
}
