import type { SipTransport } from '@conclave/sip';
import { describe, expect, test } from 'vitest';
import { field, House } from './fake-sip-house.ts';
import { GUESSES_PER_DEVICE_MAX, GUESSES_PER_SOURCE_MAX } from './registrar.ts';

/*
 * Goal: who proves to be a device is registered as that, with the security that was proved; nobody else
 * changes anything, and nobody learns who exists. Method: requests as clients of several makes send them,
 * on made-up flows, at made-up times.
 */

describe('registration with a digest', () => {
  test('RFC 3261 §10.3, §22: challenge, answer, binding', () => {
    const house = new House();
    const first = house.register('ada');
    expect(first.status).toBe(401);
    expect(house.of('ADA')).toBeUndefined();
    const second = house.withDigest('ada');
    expect(second.status).toBe(200);
    expect(field(second, 'Contact')).toBe('<sip:ada@192.0.2.9:5060>;expires=300');
    expect(field(second, 'Expires')).toBe('300');
    expect(field(second, 'Date')).toBe('Tue, 14 Nov 2023 22:13:20 GMT');
    expect(second.changes).toMatchObject([
      { type: 'registered', registration: { device: 'ADA', signalling: 'clear', proof: 'digest' } },
    ]);
    expect(house.of('ADA')).toMatchObject({
      isStandard: true,
      allow: ['INVITE', 'UPDATE'],
      supported: ['path', 'outbound'],
      userAgent: 'test',
    });
  });

  test('the address of record may be the number too', () => {
    const house = new House();
    expect(house.withDigest('ada', { user: '3001' }).status).toBe(200);
    expect(house.withDigest('ada', { user: '3002', callId: 'x' }).status).toBe(404);
  });

  test('RFC 7616 §5.4: a digest that was used is challenged again, as stale', () => {
    const house = new House();
    const request = house.answered('ada');
    expect(house.take(request).status).toBe(200);
    const again = house.take(request);
    expect(again).toMatchObject({ status: 401, changes: [] });
    expect(field(again, 'WWW-Authenticate')).toContain('stale=true');
  });

  test('a wrong password, an unknown user and an unknown number look alike', () => {
    const house = new House();
    const answers = [
      house.withDigest('ada', { password: 'wrong' }),
      house.withDigest('nobody'),
      house.withDigest('nobody', { user: '9999' }),
      house.register('ada'),
      house.register('nobody'),
    ];
    const shapes = answers.map(({ status, reply, changes }) => ({
      status,
      changes,
      fields: reply.headers?.map(([name, value]) => [name, value.replace(/nonce="[^"]*"/, '')]),
    }));
    expect(new Set(shapes.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(shapes[0]).toMatchObject({ status: 401, changes: [] });
    expect(answers.map(({ alarm }) => alarm?.reason)).toEqual([
      'wrong-password',
      'unknown-user',
      'unknown-user',
      undefined,
      undefined,
    ]);
  });

  test('a client that stumbles over SHA-256 is offered MD5 alone', () => {
    const offered = (userAgent: string): readonly string[] =>
      (new House().register('ada', { userAgent }).reply.headers ?? []).map(
        ([, value]) => /algorithm=([^,]*)/.exec(value)?.[1] ?? '',
      );
    expect(offered('baresip v1.0.0 (x86_64/linux)')).toEqual(['MD5']);
    expect(offered('baresip v3.10.1 (x86_64/Linux)')).toEqual(['MD5']);
    expect(offered('baresip v3.12.0')).toEqual(['SHA-256', 'MD5']);
  });

  test("another's password does not open a device that the contact names", () => {
    const house = new House();
    const deviceName = 'SEP0000000000CC';
    expect(house.withDigest('ada', { deviceName, transport: 'tls' }).status).toBe(401);
  });
});

describe('the security mode of the device (D-01)', () => {
  test.each<[SipTransport, number, string | undefined]>([
    ['udp', 403, undefined],
    ['tcp', 403, undefined],
    ['ws', 403, undefined],
    ['tls', 200, 'tls-encrypted'],
    ['wss', 200, 'tls-encrypted'],
  ])('an encrypted standard client over %s: %i, %s', (transport, status, signalling) => {
    const house = new House();
    const decision = house.withDigest('alan', { transport });
    expect(decision.status).toBe(status);
    expect(house.of('ALAN')?.signalling).toBe(signalling);
    if (status === 200) return;
    expect(field(decision, 'Warning')).toBe('399 conclave "Security mode mismatch"');
    expect(decision.alarm).toMatchObject({ reason: 'security-mode-mismatch', device: 'ALAN' });
  });

  test('nothing is said of the mode before the password is right', () => {
    const house = new House();
    expect(house.register('alan', { transport: 'udp' }).status).toBe(401);
    expect(house.withDigest('alan', { password: 'x', transport: 'udp' }).status).toBe(401);
  });

  test('a nonsecure device may use TLS, and stays nonsecure', () => {
    const house = new House();
    expect(house.withDigest('ada', { transport: 'tls' }).status).toBe(200);
    expect(house.of('ADA')?.signalling).toBe('clear');
  });

  test('TIP-11: in a nonsecure cluster every device is nonsecure', () => {
    const house = new House('nonsecure');
    expect(house.withDigest('alan', { transport: 'udp' }).status).toBe(200);
    expect(house.of('ALAN')?.signalling).toBe('clear');
  });

  test('an enterprise phone needs its certificate: a password is not enough', () => {
    const house = new House();
    const deviceName = 'SEP0000000000CC';
    const secure = { deviceName, user: '3005', transport: 'tls' } as const;
    expect(house.withDigest('claude', secure)).toMatchObject({
      status: 403,
      alarm: { reason: 'certificate-name-mismatch' },
    });
    const commonName = 'CP-8845-SEP0000000000CC';
    expect(house.register('claude', { ...secure, commonName }).status).toBe(200);
    expect(house.of(deviceName)).toMatchObject({
      signalling: 'tls-authenticated',
      proof: 'certificate',
    });
  });
});

describe('registration with a certificate (TIP-15 ... TIP-17)', () => {
  const secure = { user: '3003', transport: 'tls' } as const;

  test.each([
    ['its name in Contact', { deviceName: 'SEP0000000000AA' }],
    ['its instance', { instance: '<urn:uuid:00000000-0000-0000-0000-0000000000aa>' }],
    ['its number', {}],
  ])('an enterprise phone known by %s', (_how, claim) => {
    const house = new House();
    const commonName = 'SEP0000000000AA.example.org';
    const decision = house.register('', { ...secure, ...claim, commonName });
    expect(decision.status).toBe(200);
    expect(house.of('SEP0000000000AA')?.signalling).toBe('tls-encrypted');
  });

  test("another's certificate is refused and told", () => {
    const house = new House();
    const deviceName = 'SEP0000000000AA';
    const decision = house.register('', { ...secure, deviceName, commonName: 'SEP0000000000CC' });
    expect(decision).toMatchObject({
      status: 403,
      alarm: { reason: 'certificate-name-mismatch', device: deviceName },
    });
    expect(decision.alarm?.sentence).toContain('"SEP0000000000CC"');
  });

  test('a standard client may have one too: nobody asks for its password', () => {
    const house = new House();
    expect(house.register('alan', { transport: 'tls', commonName: 'alan' }).status).toBe(200);
    expect(house.of('ALAN')?.proof).toBe('certificate');
  });

  test('a phone that is not configured is challenged like anybody, and told', () => {
    const house = new House();
    const decision = house.register('', { ...secure, deviceName: 'SEP000000000é' });
    expect(decision).toMatchObject({ status: 401, alarm: { reason: 'unknown-device' } });
    expect(decision.alarm?.sentence).not.toMatch(/[^\x20-\x7e]/);
  });
});
describe('guessing', () => {
  test('an address that guesses is not heard, whatever it says, until a minute is over', () => {
    const house = new House();
    house.withDigest('alan', { transport: 'tls', flow: 'tls:1', host: '192.0.2.66' });
    const guesses = Array.from({ length: GUESSES_PER_SOURCE_MAX }, (_, index) =>
      house.withDigest(`nobody${index}`, { host: '192.0.2.66' }),
    );
    const loud = guesses.filter(({ alarm }) => alarm?.name === 'RegistrationGuessing');
    expect(loud).toHaveLength(1);
    expect(guesses.at(-1)?.alarm).toMatchObject({ reason: 'source' });
    expect(house.withDigest('ada', { host: '192.0.2.66' }).status).toBe(403);
    // Neither others nor who is there already are harmed.
    expect(house.withDigest('ada', { callId: 'y' }).status).toBe(200);
    const renewal = { transport: 'tls', flow: 'tls:1', host: '192.0.2.66', sequence: 9 } as const;
    expect(house.register('alan', renewal).status).toBe(200);
    house.nowMs += 60_000;
    expect(house.withDigest('ada', { host: '192.0.2.66', callId: 'z' }).status).toBe(200);
  });

  test('a device that many guess at is heard only where it is registered', () => {
    const house = new House();
    house.withDigest('ada', { transport: 'tcp', flow: 'tcp:1' });
    for (let index = 0; index < GUESSES_PER_DEVICE_MAX; index++) {
      house.withDigest('ada', { host: `198.51.100.${index}`, password: `${index}` });
    }
    expect(house.withDigest('ada', { host: '192.0.2.77' }).status).toBe(403);
    expect(house.withDigest('ada', { transport: 'tcp', flow: 'tcp:1', sequence: 9 }).status).toBe(
      200,
    );
    expect(house.withDigest('alan', { transport: 'tls', host: '192.0.2.77' }).status).toBe(200);
  });
});

test('a user whom many guess at is turned down alike, whether there is one or not', () => {
  const house = new House();
  for (const user of ['ada', 'nobody']) {
    // More addresses than would be over their own bound.
    for (let index = 0; index < GUESSES_PER_DEVICE_MAX; index++) {
      house.withDigest(user, { host: `198.51.100.${index % 30}`, password: `${index}` });
    }
  }
  const elsewhere = { host: '192.0.2.77' };
  expect(house.register('ada', elsewhere)).toEqual(house.register('nobody', elsewhere));
  expect(house.withDigest('ada', elsewhere)).toEqual(house.withDigest('nobody', elsewhere));
  expect(house.register('ada', elsewhere).status).toBe(403);
});

describe('who sends a request outside of a dialog', () => {
  test('on a connection whoever registered there, by From when there are several', () => {
    const house = new House();
    house.withDigest('ada', { transport: 'tls', flow: 'tls:1' });
    expect(house.identify('whoever', { transport: 'tls', flow: 'tls:1' })).toBe('ADA');
    house.withDigest('alan', { transport: 'tls', flow: 'tls:1' });
    expect(house.identify('3001', { transport: 'tls', flow: 'tls:1' })).toBe('ADA');
    expect(house.identify('alan', { transport: 'tls', flow: 'tls:1' })).toBe('ALAN');
    expect(house.identify('whoever', { transport: 'tls', flow: 'tls:1' })).toBe('unknown');
  });

  test('over UDP, where an address can be made up, a digest is asked for', () => {
    const house = new House();
    house.withDigest('ada');
    expect(house.identify('ada', {})).toBe(401);
    expect(house.identify('ada', { isAnswered: true })).toBe('ADA');
    expect(house.identify('ada', { isAnswered: true, password: 'x' })).toBe(401);
  });

  test('on another way than the registration, a digest and the right transport', () => {
    const house = new House();
    house.withDigest('alan', { transport: 'tls', flow: 'tls:1' });
    const elsewhere = { transport: 'tls', flow: 'tls:2' } as const;
    expect(house.identify('alan', elsewhere)).toBe(401);
    expect(house.identify('alan', { ...elsewhere, isAnswered: true })).toBe('ALAN');
    expect(house.identify('alan', { isAnswered: true })).toBe(403);
  });

  test('nobody who is not registered', () => {
    expect(new House().identify('ada', { isAnswered: true })).toBe('unknown');
    const house = new House();
    house.register('', { user: '3004', deviceName: 'SEP0000000000BB' });
    expect(house.identify('3004', {})).toBe('SEP0000000000BB');
    expect(house.identify('3004', { host: '192.0.2.66' })).toBe('unknown');
  });
});
