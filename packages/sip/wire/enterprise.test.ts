import { describe, expect, test } from 'vitest';
import { formatCallInfo, phoneCallActionOf } from './enterprise-call-info.ts';
import { enterpriseFeatures, enterpriseServiceOf } from './enterprise-features.ts';
import {
  formatDoNotDisturb,
  formatJoinComplete,
  formatParkMonitor,
} from './enterprise-uncertain.ts';
import { Headers } from './headers.ts';
import { NO_BODY, type SipRequest } from './message.ts';
import { parseNameAddress } from './name-address.ts';
import { childOf, childText, parseXml } from './xml.ts';

/*
 * Goal: the fields of the enterprise dialect are read and written as its phones do. Method: values in the
 * form of public traces, and each bound of a version.
 */

describe('Call-Info', () => {
  test('tells a phone level and labels', () => {
    const value = formatCallInfo({
      security: 'Encrypted',
      orientation: 'to',
      globalCallId: '1-2029',
      callInstance: 1,
    });
    expect(value).toBe(
      '<urn:x-cisco-remotecc:callinfo>; security= Encrypted; orientation= to; gci= 1-2029; isVoip; call-instance= 1',
    );
    const read = parseNameAddress(value);
    expect(read.ok && read.value.parameters.get('security')).toBe('Encrypted');
    expect(formatCallInfo({ uiState: 'busy', priority: 'urgent' })).toBe(
      '<urn:x-cisco-remotecc:callinfo>; ui-state= busy; priority= urgent; isVoip',
    );
  });

  test.each([
    ['<urn:x-cisco-remotecc:hold>', { type: 'hold', isSwap: false }],
    [
      '<urn:x-cisco-remotecc:hold>; reason= transfer',
      { type: 'hold', reason: 'transfer', isSwap: false },
    ],
    [
      '<urn:X-cisco-remotecc:Hold>;reason=Conference',
      { type: 'hold', reason: 'conference', isSwap: false },
    ],
    ['<urn:x-cisco-remotecc:hold>;reason=lunch;operation= swap', { type: 'hold', isSwap: true }],
    ['<http://x.example>;purpose=icon, <urn:x-cisco-remotecc:resume>', { type: 'resume' }],
    ['<urn:x-cisco-remotecc:barge>', { type: 'barge' }],
    ['<urn:x-cisco-remotecc:cbarge>', { type: 'cbarge' }],
    ['<urn:x-cisco-remotecc:callinfo>;security=Unknown', undefined],
    ['<sip:hold@x>', undefined],
    ['<', undefined],
  ])('tells what a phone does: %s', (value, action) => {
    expect(phoneCallActionOf(requestWith(['Call-Info', value]))).toEqual(action);
  });

  test('is not there', () => {
    expect(phoneCallActionOf(requestWith(['Subject', 'hold']))).toBeUndefined();
  });
});

describe('the tags of a phone', () => {
  test('say what it can', () => {
    expect(
      enterpriseFeatures([
        'replaces',
        'x-cisco-callinfo',
        'x-cisco-escapecodes',
        'x-cisco-srtp-fallback',
        'x-cisco-monrec',
        'x-cisco-sis-7.0.0',
        'x-cisco-xsi-8.5.1',
      ]),
    ).toEqual({
      callInfo: true,
      showsLevel: true,
      displayCodes: true,
      srtpFallback: true,
      builtInBridge: true,
      iconLists: true,
    });
    expect(Object.values(enterpriseFeatures(['replaces']))).toEqual(Array(6).fill(false));
  });

  test.each([
    ['2.0.0', true],
    ['2.0.1', true],
    ['10.0.0', true],
    ['2', false],
    ['1.9.9', false],
    ['x', false],
    ['', false],
  ])('version %s: it shows the level that it is told: %s', (version, shows) => {
    expect(enterpriseFeatures([`x-cisco-sis-${version}`]).showsLevel).toBe(shows);
  });

  test.each([
    ['6.0.1', true],
    ['6.1.0', true],
    ['6.0.0', false],
    ['5.9.9', false],
  ])('version %s: lists may have icons: %s', (version, may) => {
    expect(enterpriseFeatures([`x-cisco-xsi-${version}`]).iconLists).toBe(may);
  });
});

test.each([
  ['x-cisco-serviceuri-meetme-4711', { service: 'meetme', number: '4711' }],
  ['x-cisco-serviceuri-cfwdall', { service: 'cfwdall', number: '' }],
  ['x-cisco-serviceuri-cfwdall-3000', { service: 'cfwdall', number: '3000' }],
  ['X-Cisco-ServiceURI-GPickup-12', { service: 'gpickup', number: '12' }],
  ['x-cisco-serviceuri-lunch', undefined],
  ['x-cisco-serviceuri-meetme4711', undefined],
  ['4711', undefined],
])('a phone that calls %s wants a service', (user, wanted) => {
  expect(enterpriseServiceOf(user)).toEqual(wanted);
});

test('what is uncertain is well-formed, and has the misspelt namespace that phones expect', () => {
  const dialog = { callId: 'a', localTag: 'b', remoteTag: 'c' };
  const documents = [
    formatJoinComplete(dialog),
    formatDoNotDisturb({ isOn: true, option: 'ringeroff' }),
    formatParkMonitor({ version: 1, number: '71', host: '192.0.2.1', event: 'parked' }),
  ];
  const roots = documents.map((each) => {
    const parsed = parseXml(each);
    if (!parsed.ok) throw new Error(parsed.error);
    return parsed.value;
  });
  expect(childText(childOf(roots[0], 'notifyreq'), 'feature')).toBe('Join');
  expect(childText(childOf(roots[1], 'dndupdate'), 'option')).toBe('ringeroff');
  expect(roots[2]?.attributes.get('xmlns')).toContain(':parmams:');
  expect(childText(childOf(roots[2], 'dialog'), 'state')).toBe('confirmed');
});

function requestWith(...fields: (readonly [string, string])[]): SipRequest {
  return {
    type: 'request',
    method: 'INVITE',
    uri: 'sip:a@192.0.2.1',
    headers: Headers.of(fields),
    body: NO_BODY,
  };
}
