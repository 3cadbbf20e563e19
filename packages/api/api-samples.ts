/** For tests: what the house answers when it is asked. */
import type { CertificatesPort, CertificateView } from './certificate-ports.ts';
import type { LiveConference } from './live-ports.ts';
import type { Metric } from './metrics.ts';

export const METRICS: readonly Metric[] = [
  {
    name: 'conclave_conferences',
    type: 'gauge',
    help: 'Conferences by level',
    samples: [
      { labels: { level: 'encrypted' }, value: 1 },
      { labels: { level: 'say "\\\n"' }, value: 2 },
    ],
  },
];
export const CONFERENCE: LiveConference = {
  ...{ id: 7, kind: 'meet-me', number: '5000', bridge: 'SB', level: 'nonsecure', sinceMs: 2 },
  ...{ startedMs: 1, minimum: 'nonsecure', ringing: [], links: [], parties: [] },
  why: {
    ...{ level: 'nonsecure', sentence: 'P3 is nonsecure.', rules: ['D-01'], fixes: [] },
    limits: [
      {
        rule: 'ICO-02',
        level: 'nonsecure',
        fact: 'P3',
        because: [{ rule: 'D-01', level: 'nonsecure', fact: 'TCP' }],
      },
    ],
  },
  timeline: [{ atMs: 1, level: 'nonsecure', because: 'P3 is nonsecure.' }],
};
export const CERTIFICATE: CertificateView = {
  ...{ id: 'CFB-1', kind: 'bridges', commonName: 'CFB-1', selfSigned: false, validFromMs: 1 },
  ...{ validToMs: 2, serialNumber: '01', fingerprint: 'AA' },
};
export const CERTIFICATES: CertificatesPort = {
  own: () => [CERTIFICATE],
  trusted: () => [],
  pem: (_store, id) => (id === 'CFB-1' ? 'PEM' : undefined),
  trust: (_name, pem) => (pem === 'good' ? [] : [{ field: 'validity', rule: 'ended' }]),
  distrust: (file) => file === 'a.pem',
  request: async (id) => (id === 'CFB-1' ? 'CSR' : undefined),
  install: (id, pem) =>
    id !== 'CFB-1' ? undefined : pem === 'good' ? [] : [{ field: 'key', rule: 'is another' }],
  reissue: async (id) => id === 'CFB-1',
};
