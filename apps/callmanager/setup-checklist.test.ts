/*
 * Goal: a step of the set-up is green when it is really done, and only then. Method: a house with nothing set up, to
 * which one thing is added at a time.
 */
import type { CertificateFacts } from '@conclave/pki';
import { SAMPLE_CONFIGURATION, type StoredConfiguration } from '@conclave/store';
import { expect, test } from 'vitest';
import { type SetupFacts, setupSteps } from './setup-checklist.ts';

const [SECURE, PLAIN] = SAMPLE_CONFIGURATION.bridges;
const MEET_ME = { pattern: '5001', partition: '', description: '' };

const NOTHING: StoredConfiguration = {
  ...SAMPLE_CONFIGURATION,
  cluster: { id: 'C', securityMode: 'nonsecure' },
  bridges: PLAIN ? [PLAIN] : [],
  meetMeNumbers: [{ ...MEET_ME, minimumSecurityLevel: 'nonsecure' }],
};

const AUTHORITY: CertificateFacts = {
  ...{ commonName: 'CA', issuerName: 'CA', selfSigned: true, validFromMs: 0, validToMs: 1 },
  ...{ serialNumber: '01', fingerprint: 'CA' },
};

const REGISTERED = {
  ...{ name: 'CFB-SECURE', secure: true, sinceMs: 0, address: '192.0.2.1' },
  ...{ conferencesMax: 8, partiesMax: 8, streamsMax: 8 },
};

function open(changes: Partial<SetupFacts> = {}): readonly string[] {
  const facts: SetupFacts = {
    ...{ stored: NOTHING, bridges: new Map(), own: new Map(), trusted: [AUTHORITY] },
    ...{ inUse: new Set(['CA']), waiting: new Map() },
    ...changes,
  };
  return setupSteps(facts).flatMap(({ id, state }) => (state === 'open' ? [id] : []));
}

function configured(changes: Partial<StoredConfiguration>): Partial<SetupFacts> {
  return { stored: { ...NOTHING, ...changes } };
}

test('nothing is set up: what has to be done is open', () => {
  expect(open()).toEqual(['SUP-01', 'SUP-02', 'SUP-03', 'SUP-04', 'SUP-07', 'SUP-09']);
});

test('SUP-01, SUP-09: mixed mode, a minimum level', () => {
  const cluster = { id: 'C', securityMode: 'mixed' } as const;
  expect(open(configured({ cluster }))).not.toContain('SUP-01');
  const meetMeNumbers = [{ ...MEET_ME, minimumSecurityLevel: 'authenticated' }] as const;
  expect(open(configured({ meetMeNumbers }))).not.toContain('SUP-09');
});

test('SUP-02, SUP-03, SUP-04, SUP-07: configured, trusted, registered', () => {
  const withBridge = configured({ bridges: SECURE ? [SECURE] : [] });
  expect(open(withBridge)).toEqual(['SUP-01', 'SUP-02', 'SUP-03', 'SUP-04', 'SUP-09']);
  const own = new Map([['CFB-SECURE', { ...AUTHORITY, commonName: 'CFB-SECURE' }]]);
  expect(open({ ...withBridge, own })).not.toContain('SUP-04');
  expect(open({ ...withBridge, own, trusted: [] })).toContain('SUP-04');
  const bridges = new Map([['CFB-SECURE', REGISTERED]]);
  expect(open({ ...withBridge, bridges })).toEqual(['SUP-01', 'SUP-09']);
  const plain = new Map([['CFB-SECURE', { ...REGISTERED, secure: false }]]);
  expect(open({ ...withBridge, bridges: plain })).toContain('SUP-02');
});

test('TIP-23, SUP-02: a mode that is saved and not in force is named', () => {
  const facts = {
    ...{ own: new Map(), trusted: [], inUse: new Set<string>(), bridges: new Map() },
    stored: { ...NOTHING, bridges: SECURE ? [SECURE] : [] },
  };
  const found = (waiting: SetupFacts['waiting']) =>
    setupSteps({ ...facts, waiting }).find(({ id }) => id === 'SUP-02')?.found;
  expect(found(new Map([['CFB-SECURE', 'restart']]))).toContain('not in force: CFB-SECURE');
  expect(found(new Map())).not.toContain('not in force');
});

test('SUP-05: a certificate that was saved after the start waits for a restart', () => {
  const later = { ...AUTHORITY, fingerprint: 'NEW' };
  expect(open({ trusted: [AUTHORITY, later] })).toContain('SUP-05');
});

test('SUP-11: packet capturing is nobody’s duty', () => {
  const capture = (value: string) =>
    setupSteps({
      ...{ bridges: new Map(), own: new Map(), trusted: [], inUse: new Set(), waiting: new Map() },
      stored: { ...NOTHING, serviceParameters: { 'Packet Capture Enable': value } },
    }).find(({ id }) => id === 'SUP-11')?.state;
  expect([capture('False'), capture('True')]).toEqual(['optional', 'done']);
});
