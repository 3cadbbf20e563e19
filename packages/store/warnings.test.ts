import { expect, test } from 'vitest';
import type { StoredConfiguration } from './configuration.ts';
import { SAMPLE_CONFIGURATION } from './sample-configuration.ts';
import { warningsOf } from './warnings.ts';

/* Goal: advice of the guide, given where it applies and nowhere else. */

test('the sample needs no advice', () => {
  expect(warningsOf(SAMPLE_CONFIGURATION)).toEqual([]);
});

test('devices that share a line should have one security mode (TIP-05)', () => {
  const phones = SAMPLE_CONFIGURATION.phones.map((phone) =>
    phone.name === 'SEP000000001005'
      ? { ...phone, lines: phone.lines.map((line) => ({ ...line, directoryNumber: '1001' })) }
      : phone,
  );
  expect(warningsOf({ ...SAMPLE_CONFIGURATION, phones })).toEqual([
    {
      field: 'lines[1001]',
      rule: 'is shared by phones of different security modes: encrypted, nonsecure (TIP-05)',
    },
  ]);
});

test('a protected device has nothing of a shared line', () => {
  const protect = (number: string, line: string): StoredConfiguration => ({
    ...SAMPLE_CONFIGURATION,
    phones: SAMPLE_CONFIGURATION.phones.map((phone) =>
      phone.name.endsWith(number)
        ? {
            ...phone,
            protectedDevice: true,
            lines: phone.lines.map((each) => ({ ...each, directoryNumber: line })),
          }
        : phone,
    ),
  });
  expect(warningsOf(protect('1002', '1001')).map(({ field }) => field)).toEqual([
    'phones[SEP000000001002].protectedDevice',
  ]);
  expect(warningsOf(protect('1002', '1002'))).toEqual([]);
});

test('a nonsecure cluster makes its secure devices nonsecure (TIP-03, TIP-11)', () => {
  const configuration: StoredConfiguration = {
    ...SAMPLE_CONFIGURATION,
    cluster: { id: 'C', securityMode: 'nonsecure' },
  };
  expect(warningsOf(configuration).map(({ field }) => field)).toEqual(['cluster.securityMode']);
});

test('a meet-me minimum above nonsecure needs a secure bridge (MML-05)', () => {
  const bridges = SAMPLE_CONFIGURATION.bridges.map((bridge) => ({
    ...bridge,
    securityMode: 'nonsecure' as const,
  }));
  const fields = warningsOf({ ...SAMPLE_CONFIGURATION, bridges }).map(({ field }) => field);
  expect(fields).toEqual([
    'meetMeNumbers[5001].minimumSecurityLevel',
    'meetMeNumbers[5002].minimumSecurityLevel',
    'meetMeNumbers[51[0-9]0].minimumSecurityLevel',
  ]);
});
