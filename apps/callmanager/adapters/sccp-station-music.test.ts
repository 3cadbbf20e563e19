import type { AnyMessage } from '@conclave/sccp';
import { expect, test } from 'vitest';
import type { RegisteredDevice } from '../station-hub.ts';
import { eventOf } from './sccp-station.ts';

/* Goal: of all that a music server may say, only that it cannot play means anything: it never listens. */

const SERVER: RegisteredDevice = {
  name: 'MOH-1',
  kind: 'music',
  transport: 'tls',
  address: '10.0.0.7',
  localAddress: '10.0.0.1',
  version: 20,
  request: {
    deviceName: 'MOH-1',
    deviceType: 70,
    version: 20,
    maxStreams: 10,
    maxConferences: 0,
    firmware: '',
  },
  codecs: ['pcmu'],
};

const CHANNEL = { conferenceId: 1, passThroughPartyId: 11, callReference: 9 };

test.each([
  ['OpenReceiveChannelAck', { ...CHANNEL, mediaReceptionStatus: 0, ipAddr: '10.6.6.6' }],
  ['StartMediaTransmissionAck', { ...CHANNEL, mediaTransmissionStatus: 0 }],
  ['AddParticipantRes', { ...CHANNEL, add_participant_result: 0 }],
  ['AuditParticipantRes', { conferenceId: 1, participantEntry: [] }],
  ['SoftKeyEvent', { softKeyEvent: 2, lineInstance: 1, callReference: 9 }],
  ['OffHook', { lineInstance: 1, callReference: 0 }],
])('%s means nothing', (name, body) => {
  expect(eventOf(SERVER, { name, body } as unknown as AnyMessage)).toBeUndefined();
});

test.each([
  ['StartMediaTransmissionAck', { ...CHANNEL, mediaTransmissionStatus: 2 }],
  ['MediaTransmissionFailure', CHANNEL],
])('%s: it cannot play', (name, body) => {
  expect(eventOf(SERVER, { name, body } as unknown as AnyMessage)).toEqual({
    type: 'transmit-failed',
    device: 'MOH-1',
    party: 11,
  });
});
