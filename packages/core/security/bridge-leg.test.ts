import { describe, expect, test } from 'vitest';
import { DEFAULT_PARAMETERS, type PhoneConfiguration } from '../configuration.ts';
import { initialState, type State } from '../state.ts';
import { assessBridgeLeg } from './bridge-leg.ts';

/* Goal: a leg to a bridge has SRTP when both can, and policy refuses whom it would leave without. */

const E = 'encrypted';

describe('SRTP to a bridge', () => {
  test.each([
    ['best-effort', 'tls-encrypted', 'SB', 'srtp', E, false],
    ['best-effort', 'tls-encrypted', 'NB', 'rtp', 'authenticated', false],
    ['best-effort', 'clear', 'SB', 'rtp', 'nonsecure', false],
    ['enforce', 'tls-encrypted', 'SB', 'srtp', E, false],
    ['enforce', 'tls-encrypted', 'NB', 'rtp', 'authenticated', true],
    ['enforce', 'tls-authenticated', 'SB', 'rtp', 'authenticated', false],
    ['enforce', 'clear', 'NB', 'rtp', 'nonsecure', false],
    ['disable-srtp', 'tls-encrypted', 'SB', 'rtp', 'authenticated', false],
  ] as const)(
    'D-20, ICO-09: %s, a phone over %s on %s: %s, %s, refused %s',
    (mediaSecurityPolicy, signalling, bridge, protection, level, refused) => {
      const view = house({ mediaSecurityPolicy, signalling });
      const verdict = assessBridgeLeg(view, { device: 'P1' }, bridge);
      expect(verdict).toMatchObject({ protection, refused, assessment: { level } });
    },
  );

  test('a bridge that is not there is not secure', () => {
    const view = house({ mediaSecurityPolicy: 'best-effort', signalling: 'tls-encrypted' });
    expect(assessBridgeLeg(view, { device: 'P1' }, 'gone').protection).toBe('rtp');
  });

  test('media that is open is worth what it is, whatever the bridge and policy are now', () => {
    const view = house({ mediaSecurityPolicy: 'best-effort', signalling: 'tls-encrypted' });
    expect(assessBridgeLeg(view, { device: 'P1' }, 'SB', 'rtp').assessment.level).toBe(
      'authenticated',
    );
    expect(assessBridgeLeg(view, { device: 'P1' }, 'gone', 'srtp').assessment.level).toBe(E);
  });
});

test.each(['P2', 'Nobody'])(
  'D-08: %s, which is not registered, is unknown and not refused',
  (device) => {
    const view = house({ mediaSecurityPolicy: 'enforce', signalling: 'tls-encrypted' });
    expect(assessBridgeLeg(view, { device }, 'SB')).toMatchObject({
      protection: 'rtp',
      refused: false,
      assessment: { level: 'unknown', limits: [{ rule: 'D-08', device }] },
    });
  },
);

/** P1 is registered, P2 is not; one secure bridge and one that is not. */
function house(facts: {
  readonly mediaSecurityPolicy: 'best-effort' | 'enforce' | 'disable-srtp';
  readonly signalling: 'clear' | 'tls-authenticated' | 'tls-encrypted';
}): State {
  const { mediaSecurityPolicy, signalling } = facts;
  const state = initialState(
    {
      clusterId: 'TestCluster',
      mixedMode: true,
      phones: new Map(['P1', 'P2'].map((name) => [name, phone(name)])),
      bridges: new Map(),
      groups: new Map(),
      lists: new Map(),
      meetMeNumbers: [],
      parameters: { ...DEFAULT_PARAMETERS, mediaSecurityPolicy },
    },
    1,
  );
  const at = { sinceMs: 0, address: '127.0.0.1' };
  const room = { conferencesMax: 8, partiesMax: 8, streamsMax: 64 };
  const bridge = (name: string, secure: boolean) =>
    [name, { name, secure, ...at, ...room }] as const;
  return {
    ...state,
    phones: new Map([['P1', { name: 'P1', signalling, codecs: ['pcmu'], ...at }]]),
    bridges: new Map([bridge('SB', true), bridge('NB', false)]),
  };
}

function phone(name: string): PhoneConfiguration {
  const model = { model: '7961G', firmware: '9.4(2)', protocol: 'SCCP' } as const;
  return { name, ...model, securityMode: E, lines: [] };
}
