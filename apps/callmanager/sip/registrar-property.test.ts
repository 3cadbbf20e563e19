import { isSecureTransport } from '@conclave/sip';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { House, PHONES, type Wish } from './fake-sip-house.ts';
import type { SipRegistration } from './registrations.ts';

/*
 * Goal: whatever comes in whatever order, only who has proved it is registered, as what is configured, and
 * the table can be trusted. Method: random days of few users, flows and passwords, so that they meet.
 */

interface Move {
  readonly user: string;
  readonly wish: Wish;
  readonly password: 'right' | 'wrong' | 'none';
  readonly passMs: number;
  readonly closes: string | undefined;
}

const FLOWS = ['tcp:1', 'tls:1', 'tls:2', 'wss:1'] as const;

const MOVE: fc.Arbitrary<Move> = fc
  .record({
    user: fc.constantFrom('ada', 'alan', 'claude', '3003', '3004', 'nobody'),
    way: fc.constantFrom('udp', ...FLOWS),
    host: fc.constantFrom('192.0.2.9', '192.0.2.66'),
    commonName: fc.constantFrom(undefined, 'ALAN', 'SEP0000000000AA', 'SEP0000000000CC', 'x'),
    deviceName: mostly(undefined, 'SEP0000000000AA', 'SEP0000000000BB', 'ALAN', 'NONE'),
    contact: mostly('sip:a@192.0.2.9', 'sip:b@192.0.2.9', '*', undefined),
    expires: mostly(300, 0, 30, 60, undefined),
    callId: fc.constantFrom('one', 'two'),
    sequence: fc.integer({ min: 1, max: 9 }),
    password: fc.constantFrom('right', 'right', 'wrong', 'none'),
    passMs: mostly(1, 59_000, 200_000),
    closes: mostly<Move['closes']>(undefined, ...FLOWS),
  })
  .map(({ user, way, host, password, passMs, closes, commonName, ...rest }) => {
    const [transport = 'udp'] = way.split(':') as [NonNullable<Wish['transport']>];
    const isSecure = isSecureTransport(transport);
    const where = way === 'udp' ? { transport, host } : { transport, flow: way, host: '192.0.2.9' };
    const wish = { ...rest, ...where, ...(isSecure && commonName && { commonName }) };
    return { user, wish, password, passMs, closes };
  });

test('D-01: a random day registers nobody who has not proved to be there', () => {
  fc.assert(
    fc.property(fc.array(MOVE, { maxLength: 40, size: 'max' }), (moves) => {
      const house = new House();
      for (const { user, wish, password, passMs, closes } of moves) {
        house.nowMs += passMs;
        house.registrar.expire(house.nowMs);
        const before = all(house);
        const wrong = { ...wish, ...(password === 'wrong' && { password }) };
        const decision =
          password === 'none' ? house.register(user, wish) : house.withDigest(user, wrong);
        const after = all(house);
        if (decision.status !== 200) expect(after).toEqual(before);
        for (const registration of after) {
          isSound(house, registration);
          if (before.includes(registration)) continue;
          expect(registration.flow.transport).toBe(wish.transport);
          const { proof } = registration;
          const old = before.find(({ device }) => device === registration.device);
          // Its proof is in this request, or was given before on the same protected connection.
          const isCertified = wish.commonName === registration.device;
          const isShown = proof === 'certificate' ? isCertified : password === 'right';
          const isKept = old?.flow.id === registration.flow.id && old.proof === proof;
          expect(proof === 'nothing' || isShown || isKept).toBe(true);
        }
        if (closes === undefined) continue;
        house.registrar.flowClosed(closes);
        expect(all(house)).toEqual(after.filter(({ flow }) => flow.id !== closes));
      }
    }),
    { numRuns: 200 },
  );
});

function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { arbitrary: fc.constant(usual), weight: 2 * others.length },
    { arbitrary: fc.constantFrom(...others), weight: others.length },
  );
}

function all(house: House): readonly SipRegistration[] {
  return PHONES.flatMap(({ name }) => house.of(name) ?? []);
}

function isSound(house: House, registration: SipRegistration): void {
  const { device, flow, signalling, proof, bindings } = registration;
  const phone = PHONES.find(({ name }) => name === device);
  const { securityMode = 'nonsecure', standardClient = false, digest } = phone ?? {};
  expect(house.registrar.registrations.on(flow.id)).toContain(registration);
  expect(bindings.size).toBeGreaterThan(0);
  for (const { expiresAtMs } of bindings.values()) expect(expiresAtMs).toBeGreaterThan(house.nowMs);
  if (proof === 'nothing') expect(digest).toBeUndefined();
  if (securityMode === 'nonsecure') {
    expect(signalling).toBe('clear');
    return;
  }
  expect(signalling).toBe(`tls-${securityMode}`);
  expect(isSecureTransport(flow.transport)).toBe(true);
  expect(proof === 'certificate' || (proof === 'digest' && standardClient)).toBe(true);
}
