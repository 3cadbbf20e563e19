import { decodeText } from '@conclave/sip';
import { describe, expect, test } from 'vitest';
import { field, House } from './fake-sip-house.ts';
import { EXPIRES_MAX, EXPIRES_MIN } from './registrar.ts';
import { contactOf } from './registrations.ts';

/* Goal: where a device is reached, how long, and what takes it away (RFC 3261 §10.3). */

describe('nonsecure phones without a password', () => {
  const hedy = { user: '3004', deviceName: 'SEP0000000000BB' } as const;

  test('a name that is in use stays where it is', () => {
    const house = new House();
    expect(house.register('', hedy).status).toBe(200);
    const thief = house.register('', { ...hedy, host: '192.0.2.66', callId: 'x' });
    expect(thief).toMatchObject({ status: 403, alarm: { reason: 'already-registered' } });
    expect(field(thief, 'Warning')).toContain('Registration is active for another client');
    expect(house.of('SEP0000000000BB')?.flow.remote.host).toBe('192.0.2.9');
  });

  test('lines may be registered one by one; the phone is gone with the last', () => {
    const house = new House();
    house.register('', hedy);
    house.register('', { ...hedy, user: '3006', callId: 'second', contact: 'sip:b@192.0.2.9' });
    const registration = house.of('SEP0000000000BB');
    expect(registration && contactOf(registration, '3006')).toBe('sip:b@192.0.2.9');
    expect(registration && contactOf(registration)).toBe('sip:ada@192.0.2.9:5060');
    const bye = { ...hedy, expires: 0, sequence: 5 };
    expect(house.register('', bye).changes).toEqual([]);
    const last = { ...bye, user: '3006', callId: 'second', contact: 'sip:b@192.0.2.9' };
    expect(house.register('', last).changes).toMatchObject([{ type: 'unregistered' }]);
  });
});

describe('bulk registration of an enterprise phone', () => {
  const deviceName = 'SEP0000000000AA';
  const grace = { user: '3003', transport: 'tls', commonName: deviceName, deviceName } as const;

  test('the first answer tells what is served, the next ones are short', () => {
    const house = new House();
    const first = house.register('', { ...grace, body: BULK });
    expect(first.status).toBe(200);
    expect(field(first, 'Content-Type')).toBe('application/x-cisco-remotecc-response+xml');
    const body = decodeText(first.reply.body ?? new Uint8Array());
    expect(body).toContain('<code>200</code>');
    expect(body).toContain('<combine max="6"');
    expect(body).toMatch(/<dialog usage="shared line">\s*<unot\/>\s*<\/dialog>/);
    expect(body).not.toMatch(/presence|joinreq|<sub/);
    expect(house.of(deviceName)?.options).toMatchObject({ combineMax: 6, flags: ['joinreq'] });
    const renewal = house.register('', { ...grace, sequence: 2 });
    expect([renewal.status, renewal.reply.body]).toEqual([200, undefined]);
    expect(house.of(deviceName)?.options).toMatchObject({ combineMax: 6 });
  });

  test('a body that cannot be read is no reason to turn a phone away', () => {
    const house = new House();
    const decision = house.register('', { ...grace, body: BULK.replaceAll('>', '') });
    expect([decision.status, decision.reply.body]).toEqual([200, undefined]);
  });

  test('a standard client is told nothing of it', () => {
    const decision = new House().withDigest('ada', { body: BULK });
    expect([decision.status, decision.reply.body]).toEqual([200, undefined]);
  });
});

const BULK = [
  '--x',
  'Content-Type: application/x-cisco-remotecc-request+xml',
  '',
  '<x-cisco-remotecc-request><bulkregisterreq><contact all="true"><register/></contact>' +
    '</bulkregisterreq></x-cisco-remotecc-request>',
  '--x',
  'Content-Type: application/x-cisco-remotecc-request+xml',
  '',
  '<x-cisco-remotecc-request><optionsind><combine max="6"/><joinreq/>' +
    '<dialog usage="shared line"><unot/><sub/></dialog>' +
    '<presence usage="blf speed dial"><unot/><sub/></presence></optionsind>' +
    '</x-cisco-remotecc-request>',
  '--x--',
  '',
].join('\r\n');

describe('bindings', () => {
  const over = { transport: 'tls', commonName: 'alan' } as const;

  test('RFC 3261 §10.3: what comes in the wrong order changes nothing', () => {
    const house = new House();
    house.register('alan', { ...over, sequence: 7 });
    for (const sequence of [7, 6]) {
      const late = house.register('alan', { ...over, sequence, expires: 0 });
      expect(late).toMatchObject({ status: 500, changes: [] });
    }
    const next = { ...over, sequence: 8, contact: '*', expires: 0 };
    expect(house.register('alan', next).changes).toMatchObject([{ type: 'unregistered' }]);
  });

  test.each([
    [EXPIRES_MIN - 1, 423, undefined],
    [EXPIRES_MIN, 200, EXPIRES_MIN],
    [EXPIRES_MAX + 1, 200, EXPIRES_MAX],
    [undefined, 200, 120],
  ])('asked for %s seconds: %i, %s', (expires, status, granted) => {
    const decision = new House().register('alan', { ...over, expires });
    expect(decision.status).toBe(status);
    expect(field(decision, 'Expires')).toBe(granted?.toString());
    if (status === 423) expect(field(decision, 'Min-Expires')).toBe(String(EXPIRES_MIN));
  });

  test('the time in Contact comes before that in Expires', () => {
    const contact = '<sip:a@192.0.2.9>;expires=200';
    const decision = new House().register('alan', { ...over, contact, expires: 3_000 });
    expect(field(decision, 'Contact')).toBe(contact);
  });

  test('of several contacts the best is taken; one that is taken back with it is no loss', () => {
    const contact =
      '<sip:old@192.0.2.9>;expires=0, <sip:b@192.0.2.9>;q=0.5, <sip:a@192.0.2.9>;q=0.9';
    const house = new House();
    expect(house.register('alan', { ...over, contact }).status).toBe(200);
    const registration = house.of('ALAN');
    expect(registration && contactOf(registration)).toBe('sip:a@192.0.2.9');
  });

  test('a registration that is not renewed is over', () => {
    const house = new House();
    house.register('alan', over);
    expect(house.registrar.expire(house.nowMs + 299_999)).toEqual([]);
    expect(house.registrar.expire(house.nowMs + 300_000)).toMatchObject([
      { type: 'unregistered', device: 'ALAN' },
    ]);
    expect(house.of('ALAN')).toBeUndefined();
  });

  test('asked for nothing, it tells what there is', () => {
    const house = new House();
    house.register('alan', over);
    house.nowMs += 100_000;
    const decision = house.register('alan', { ...over, contact: undefined, sequence: 2 });
    expect(field(decision, 'Contact')).toBe('<sip:ada@192.0.2.9:5060>;expires=200');
    expect(decision.changes).toEqual([]);
  });

  test.each([
    ['a star with a time (RFC 3261 §10.2.2)', { contact: '*', expires: 300 }],
    ['a contact that cannot be read', { contact: '<sip:a@' }],
    ['contacts without end', { contact: Array(11).fill('<sip:a@192.0.2.9>').join(',') }],
  ])('%s', (_name, wish) => {
    expect(new House().register('alan', { ...over, ...wish }).status).toBe(400);
  });

  test('a keep-alive to a standby server touches nothing', () => {
    const house = new House();
    house.register('alan', over);
    const contact = '<sip:ada@192.0.2.9:5060>;expires=0;cisco-keep-alive';
    const decision = house.register('alan', { ...over, contact, expires: 0, sequence: 2 });
    expect(decision).toEqual({ status: 200, reply: {}, changes: [] });
    expect(house.of('ALAN')).toBeDefined();
  });
});

describe('ways', () => {
  test('a connection that is closed takes its registrations with it, and only its own', () => {
    const house = new House();
    house.withDigest('ada', { transport: 'tcp', flow: 'tcp:1' });
    house.withDigest('alan', { transport: 'tls', flow: 'tls:1' });
    expect(house.registrar.flowClosed('tcp:1')).toMatchObject([
      { type: 'unregistered', device: 'ADA' },
    ]);
    expect(house.registrar.flowClosed('tcp:1')).toEqual([]);
    expect(house.of('ALAN')).toBeDefined();
  });

  test('on a protected connection a renewal needs no digest, on others it does', () => {
    const house = new House();
    house.withDigest('alan', { transport: 'tls', flow: 'tls:1' });
    const renewal = { transport: 'tls', flow: 'tls:1', sequence: 9 } as const;
    expect(house.register('alan', renewal).status).toBe(200);
    expect(house.of('ALAN')?.proof).toBe('digest');
    expect(house.register('alan', { ...renewal, flow: 'tls:2', sequence: 10 }).status).toBe(401);
    house.withDigest('ada');
    expect(house.register('ada', { sequence: 9 }).status).toBe(401);
  });

  test('an address that has moved is taken with a digest; the calls go on', () => {
    const house = new House();
    house.withDigest('ada');
    const moved = house.withDigest('ada', { port: 40_000, sequence: 9 });
    expect(moved.changes).toMatchObject([
      { type: 'moved', registration: { flow: { remote: { port: 40_000 } } } },
    ]);
    expect(house.registrar.registrations.on('udp:192.0.2.9:5060')).toEqual([]);
  });

  test('a device that has started anew knows of no calls', () => {
    const house = new House();
    house.withDigest('ada', { transport: 'tcp', flow: 'tcp:1' });
    const again = house.withDigest('ada', { transport: 'tcp', flow: 'tcp:2', callId: 'other' });
    expect(again.changes.map(({ type }) => type)).toEqual(['unregistered', 'registered']);
    expect(house.registrar.flowClosed('tcp:1')).toEqual([]);
    expect(house.of('ADA')?.flow.id).toBe('tcp:2');
  });
});
