/* Goal: an administrator is told in time, and once each time. Method: a clock that goes through the days. */
import { expect, test } from 'vitest';
import { CertificateExpiry } from './certificate-expiry.ts';

const DAY_MS = 86_400_000;
const END_MS = Date.UTC(2027, 0, 1);

test('60, 30, 7 and 1 days before, and at the end; each once', () => {
  const expiry = new CertificateExpiry();
  const certificate = { id: 'CFB-1', fingerprint: 'AA', validToMs: END_MS };
  const told: [days: number, severity: string, reason: string][] = [];
  for (let quarters = 4 * 90; quarters >= -8; quarters--) {
    for (const { severity, reason } of expiry.check(
      [certificate],
      END_MS - (quarters * DAY_MS) / 4,
    )) {
      told.push([quarters / 4, severity, reason]);
    }
  }
  expect(told).toEqual([
    [60, 'warning', '60-days'],
    [30, 'warning', '30-days'],
    [7, 'error', '7-days'],
    [1, 'error', '1-days'],
    [0, 'critical', 'expired'],
  ]);
});

test('a new certificate ends the matter', () => {
  const expiry = new CertificateExpiry();
  const old = { id: 'CFB-1', fingerprint: 'AA', validToMs: END_MS };
  const next = { id: 'CFB-1', fingerprint: 'BB', validToMs: END_MS + 800 * DAY_MS };
  expect(expiry.check([old], END_MS - 5 * DAY_MS)).toHaveLength(1);
  expect(expiry.check([next], END_MS - 4 * DAY_MS)).toEqual([]);
});
