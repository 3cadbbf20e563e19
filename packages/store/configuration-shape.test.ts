import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseConfiguration } from './configuration-shape.ts';
import { SAMPLE_CONFIGURATION } from './sample-configuration.ts';
import { faultsOf } from './validation.ts';

/*
 * Goal: any value is read or refused with the field and the rule, never with an exception; what may
 * be left away has its documented default.
 */

const CLUSTER = { id: 'C', securityMode: 'mixed' };
const BRIDGE = { name: 'CFB', type: 'Cisco IOS Enhanced Conference Bridge' };

test('a whole configuration is read as it is', () => {
  expect(parsed(SAMPLE_CONFIGURATION)).toEqual(SAMPLE_CONFIGURATION);
  expect(parsed(JSON.parse(JSON.stringify(SAMPLE_CONFIGURATION)))).toEqual(SAMPLE_CONFIGURATION);
});

describe('what is left away', () => {
  test('everything but the cluster', () => {
    expect(parsed({ cluster: CLUSTER })).toEqual({
      cluster: CLUSTER,
      phones: [],
      bridges: [],
      musicServers: [],
      mediaResourceGroups: [],
      mediaResourceLists: [],
      meetMeNumbers: [],
      parkNumbers: [],
      sipTrunks: [],
      routes: [],
      serviceParameters: {},
    });
  });

  test('a bridge: nonsecure (SUP-08), its name as description, Hub_None (ADM-06)', () => {
    expect(parsed({ cluster: CLUSTER, bridges: [BRIDGE] })).toMatchObject({
      bridges: [{ ...BRIDGE, securityMode: 'nonsecure', description: 'CFB', location: 'Hub_None' }],
    });
  });

  test('an empty description stays empty', () => {
    const bridges = [{ ...BRIDGE, description: '' }];
    expect(parsed({ cluster: CLUSTER, bridges })).toMatchObject({ bridges: [{ description: '' }] });
  });

  test('a meet-me number: minimum nonsecure (SUP-10)', () => {
    expect(parsed({ cluster: CLUSTER, meetMeNumbers: [{ pattern: '5000' }] })).toMatchObject({
      meetMeNumbers: [
        { pattern: '5000', partition: '', description: '', minimumSecurityLevel: 'nonsecure' },
      ],
    });
  });

  test('a phone: nonsecure', () => {
    const phones = [{ name: 'SEP000000001001', model: '7961G' }];
    expect(parsed({ cluster: CLUSTER, phones })).toMatchObject({
      phones: [{ securityMode: 'nonsecure', protocol: 'SCCP', firmware: '', lines: [] }],
    });
  });
});

describe('what is no configuration', () => {
  test.each([
    [undefined, 'configuration', 'must have fields'],
    [null, 'configuration', 'must have fields'],
    [[], 'configuration', 'must have fields'],
    ['text', 'configuration', 'must have fields'],
    [{}, 'cluster', 'is missing'],
    [{ cluster: {} }, 'cluster.id', 'is missing'],
    [{ cluster: { ...CLUSTER, id: 7 } }, 'cluster.id', 'must be a text'],
    [{ cluster: CLUSTER, phones: {} }, 'phones', 'must be a list'],
    [{ cluster: CLUSTER, phones: [1] }, 'phones[0]', 'must have fields'],
    [{ cluster: CLUSTER, phones: [{ model: 'x' }] }, 'phones[0].name', 'is missing'],
    [{ cluster: CLUSTER, phones: [{ name: 'SEP1' }] }, 'phones[SEP1].model', 'is missing'],
    [
      { cluster: CLUSTER, phones: [{ name: 'A', model: 'x', lines: [{ index: '1' }] }] },
      'phones[A].lines[0].index',
      'must be a whole number',
    ],
    [
      { cluster: CLUSTER, bridges: [{ ...BRIDGE, securitymode: 'encrypted' }] },
      'bridges[CFB].securitymode',
      'is not known',
    ],
    [{ cluster: CLUSTER, bridge: [] }, 'bridge', 'is not known'],
    [
      { cluster: CLUSTER, bridges: [{ ...BRIDGE, description: 'a\nb' }] },
      'bridges[CFB].description',
      'must not have control characters',
    ],
    [
      { cluster: CLUSTER, bridges: [{ ...BRIDGE, description: 'x'.repeat(1_001) }] },
      'bridges[CFB].description',
      'must be at most 1000 characters',
    ],
    [
      { cluster: CLUSTER, mediaResourceGroups: [{ name: 'G', members: [1] }] },
      'mediaResourceGroups[G].members[0]',
      'must be a text',
    ],
    [
      { cluster: CLUSTER, serviceParameters: { 'Maximum Ad Hoc Conference': 8 } },
      'serviceParameters[Maximum Ad Hoc Conference]',
      'must be a text',
    ],
    [
      { cluster: CLUSTER, meetMeNumbers: Array(60_001).fill({}) },
      'meetMeNumbers',
      'must have at most 60000 entries',
    ],
    [
      JSON.parse('{"cluster":{"id":"C","securityMode":"mixed"},"__proto__":1}'),
      '__proto__',
      'is not known',
    ],
  ])('%#: %s %s', (value, field, rule) => {
    const found = parseConfiguration(value);
    expect(found.ok ? [] : found.faults).toContainEqual({ field, rule });
  });
});

test('no value whatever makes it throw', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      faultsOf(value as typeof SAMPLE_CONFIGURATION);
      const faults = faultsOf({ ...SAMPLE_CONFIGURATION, phones: value as [] });
      expect(Array.isArray(faults)).toBe(true);
    }),
  );
});

function parsed(value: unknown): unknown {
  const found = parseConfiguration(value);
  return found.ok ? found.configuration : found.faults;
}
