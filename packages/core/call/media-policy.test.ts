import { CoreWorld, type PhoneSpec } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import type { MediaSecurityPolicy } from '../configuration.ts';
import type { KnownLevel } from '../security/level.ts';

/*
 * Goal: the media security policy holds wherever media opens, with a proof; and a policy that changes
 * while media is open changes nothing that is shown of it (D-20, INT-13).
 */

const E = 'encrypted';
const A = 'authenticated';
const N = 'nonsecure';

describe('enforce', () => {
  test.each([
    [E, E, true],
    [E, A, false],
    [N, E, false],
    [A, N, true],
  ] as const)('D-20, INT-13: a call of %s and %s is possible: %s', (one, other, possible) => {
    const w = world([phone('X', one), phone('Y', other)], { mediaSecurityPolicy: 'enforce' });
    w.call('X', 'Y');
    expect(w.state.calls.size).toBe(possible ? 1 : 0);
    expect(w.state.refusals.map((each) => [each.device, each.text, each.cause])).toEqual(
      possible ? [] : ['X', 'Y'].map((device) => [device, 'media-security-required', 47]),
    );
    for (const { limits } of w.state.refusals) {
      expect(limits[0]).toMatchObject({ rule: 'D-20', level: N });
    }
    expect(w.state.connections.size).toBe(possible ? 1 : 0);
  });

  test('D-20: no conference on a nonsecure bridge; the calls stay, and the proof names the phone', () => {
    const w = world([], { mediaSecurityPolicy: 'enforce' }, false);
    w.confer('P1', 'P2', 'P3');
    expect([w.state.conferences.size, w.state.calls.size]).toEqual([0, 2]);
    expect(w.state.refusals).toEqual([
      expect.objectContaining({
        device: 'P1',
        operation: 'conference',
        limits: expect.arrayContaining([expect.objectContaining({ rule: 'D-20', device: 'P1' })]),
      }),
    ]);
  });

  test.each([
    [E, '7961G', true],
    [A, '7961G', false],
    [E, '6911', false],
  ] as const)(
    'D-20, TIP-02: a barge by %s on the bridge of a %s is possible: %s',
    (mode, model, possible) => {
      const w = world(shared(mode, model), { mediaSecurityPolicy: 'enforce' });
      w.call('S1', 'P1');
      w.press('S2', 'barge', legOf(w, 'S1'));
      const bargers = [...w.state.legs.values()].filter((leg) => leg.barge);
      expect(bargers).toHaveLength(possible ? 1 : 0);
      expect(w.icon('P1')).toBe(E);
      if (!possible) expect(w.state.refusals.at(-1)?.limits[0]?.rule).toBe('D-20');
    },
  );
});

describe('best effort', () => {
  test.each([
    ['7961G', '9.4(2)', E, 'srtp'],
    ['7961G', '8.2(1)', A, 'rtp'],
    ['6911', '9.4(1)', A, 'rtp'],
  ] as const)(
    'TIP-02, ICO-11, ICO-12: a barge on the built-in bridge of a %s with %s: %s over %s',
    (model, firmware, level, protection) => {
      const w = world(shared(E, model, firmware), {});
      w.call('S1', 'P1');
      w.press('S2', 'barge', legOf(w, 'S1'));
      expect(['S1', 'S2', 'P1'].map((each) => w.icon(each))).toEqual([level, level, level]);
      const [, barge] = [...w.state.connections.values()];
      expect(barge?.protection).toBe(protection);
    },
  );

  test('RES-04, D-22: a capture does not make an encrypted call open to the models that cannot barge', () => {
    const w = world(shared(E, '7962G'), { packetCaptureEnable: true });
    w.call('S1', 'P1');
    w.happen({ type: 'capture', device: 'P1', active: true });
    w.press('S2', 'barge', legOf(w, 'S1'));
    expect([...w.state.legs.values()].some((leg) => leg.barge)).toBe(false);
    expect(w.state.refusals.at(-1)?.limits[0]?.rule).toBe('RES-04');
  });
});

describe('a policy that changes', () => {
  test.each([
    ['best-effort', 'disable-srtp', E, A],
    ['disable-srtp', 'best-effort', A, E],
  ] as const)(
    'D-20: from %s to %s, an open call is worth what it is (%s), and after a hold %s',
    (from, to, before, after) => {
      const w = world([], { mediaSecurityPolicy: from });
      w.call('P1', 'P2');
      setPolicy(w, to);
      expect(w.icon('P1')).toBe(before);
      w.press('P1', 'hold');
      w.press('P1', 'resume');
      expect(w.icon('P1')).toBe(after);
      w.press('P1', 'end-call');
      w.call('P1', 'P2');
      expect(w.icon('P1')).toBe(after);
    },
  );

  test.each([
    ['best-effort', 'disable-srtp', E],
    ['disable-srtp', 'best-effort', A],
  ] as const)(
    'D-20: from %s to %s, a barge and a conference keep what they have',
    (from, to, level) => {
      const w = world(shared(E, '7961G'), { mediaSecurityPolicy: from });
      w.call('S1', 'P1');
      w.press('S2', 'barge', legOf(w, 'S1'));
      setPolicy(w, to);
      w.press('S1', 'hold');
      w.press('S1', 'resume');
      const barge = [...w.state.connections.values()].find(({ ends }) =>
        ends.some((each) => each.kind === 'built-in-bridge'),
      );
      expect(barge?.protection).toBe(from === 'best-effort' ? 'srtp' : 'rtp');
      setPolicy(w, from);
      w.confer('P2', 'P3', 'P4');
      setPolicy(w, to);
      w.press('P2', 'hold');
      w.press('P2', 'resume');
      expect(w.icon('P3')).toBe(level);
    },
  );
});

test('D-01: a device whose configuration changes is worth the new one at once', () => {
  const gateway = { kind: 'mgcp-gateway', srtpAllowed: true, ipsec: true } as const;
  const w = world([{ ...phone('GW', E), settings: gateway }], {});
  w.confer('P1', 'P2', 'GW');
  expect(w.icon('P1')).toBe(E);
  const { configuration } = w.state;
  const phones = new Map(configuration.phones);
  const before = phones.get('GW');
  if (before) phones.set('GW', { ...before, ipsec: false });
  w.happen({ type: 'configuration', configuration: { ...configuration, phones } });
  expect(w.icon('P1')).toBe(N);
  w.happen({ type: 'configuration', configuration });
  expect(w.icon('P1')).toBe(E);
});

test('D-01: so is a phone that has barged in', () => {
  const w = world(shared(E, '7961G'), {});
  w.call('S1', 'P1');
  w.press('S2', 'barge', legOf(w, 'S1'));
  const { configuration } = w.state;
  const phones = new Map(configuration.phones);
  const before = phones.get('S2');
  if (before) phones.set('S2', { ...before, mediaPath: 'mtp' });
  w.happen({ type: 'configuration', configuration: { ...configuration, phones } });
  expect(['S1', 'S2', 'P1'].map((each) => w.icon(each))).toEqual([N, N, N]);
});

test('RES-11, RES-12: over H.323 a lock is told, and authenticated as nonsecure', () => {
  const settings = { kind: 'h323-trunk', srtpAllowed: true, ipsec: true } as const;
  const w = world([{ ...phone('ICT', E), settings }, phone('A1', A)], {});
  w.confer('P1', 'P2', 'ICT');
  expect([w.icon('P1'), w.icon('ICT')]).toEqual([E, E]);
  w.add('P1', 'A1');
  expect([w.icon('P1'), w.icon('ICT')]).toEqual([A, N]);
});

function world(extra: readonly PhoneSpec[], parameters: object, secure = true): CoreWorld {
  const phones = ['P1', 'P2', 'P3', 'P4'].map((name) => phone(name, E));
  const bridges = [{ name: secure ? 'SB' : 'NB', secure }];
  return new CoreWorld({ phones: [...phones, ...extra], bridges, parameters });
}

function phone(name: string, mode: KnownLevel): PhoneSpec {
  return { name, mode };
}

/** S1, encrypted and with its built-in bridge on, and S2 on one line. */
function shared(mode: KnownLevel, model: string, firmware = '9.4(2)'): readonly PhoneSpec[] {
  const settings = { builtInBridge: true };
  return [
    { ...phone('S1', E), number: '2000', model, firmware, settings },
    { ...phone('S2', mode), number: '2000' },
  ];
}

function setPolicy(w: CoreWorld, mediaSecurityPolicy: MediaSecurityPolicy): void {
  const { configuration } = w.state;
  const parameters = { ...configuration.parameters, mediaSecurityPolicy };
  w.happen({ type: 'configuration', configuration: { ...configuration, parameters } });
}

function legOf(w: CoreWorld, device: string): number {
  return [...w.state.legs.values()].find((leg) => leg.device === device)?.id ?? 0;
}
