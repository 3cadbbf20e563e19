import type { SystemReport } from '@conclave/callmanager';
import { expect, test } from 'vitest';
import { formatSubject, type Subject, subjectsOf } from './why.ts';

/* Goal: the proof is a tree that a person can read, with the reasons that decided marked. */

test('rule, level, fact, since when, what decided and what would change it', () => {
  const text = formatSubject({
    kind: 'conferences',
    title: 'ad-hoc conference on CFB-SECURE',
    why: {
      level: 'nonsecure',
      sentence: 'SEP000000001005 signals in clear text (TCP 2000).',
      rules: ['D-01'],
      fixes: ['Give it a certificate.'],
      limits: [
        { rule: 'ICO-04', level: 'encrypted', fact: 'The bridge is secure.' },
        {
          rule: 'STA-04',
          level: 'nonsecure',
          fact: 'Hedy Lamarr is nonsecure.',
          sinceMs: 0,
          because: [{ rule: 'D-01', level: 'nonsecure', fact: 'It signals in clear text.' }],
        },
      ],
    },
  });
  expect(text.split('\n')).toEqual([
    'ad-hoc conference on CFB-SECURE: nonsecure',
    '  SEP000000001005 signals in clear text (TCP 2000).',
    '    ICO-04  encrypted     The bridge is secure.',
    '    STA-04  nonsecure     Hedy Lamarr is nonsecure. (since 1970-01-01T00:00:00.000Z)',
    '    * D-01    nonsecure     It signals in clear text.',
    '  fix: Give it a certificate.',
    '',
  ]);
});

test('SEC-18: asked for by name: members, bargers, the bridge, kinds of things', () => {
  const asked = (what?: string): readonly string[] =>
    subjectsOf(REPORT, what).map(({ title }) => title);
  const conference = 'meet-me conference 5000 on CFB';
  const refusal = '1970-01-01T00:00:00.000Z SEP4: remove refused';
  expect(asked()).toEqual([conference, refusal]);
  expect(asked('conferences')).toEqual([conference]);
  expect(asked('5000')).toEqual([conference]);
  expect(asked('1001')).toEqual([
    conference,
    'leg of SEP1 (1001), parked at 5901, was told nonsecure; by itself',
  ]);
  expect(asked('SEP4')).toEqual([
    conference,
    'leg of SEP4 (1004), has barged SEP1, is told no level; by itself',
    refusal,
  ]);
  expect(asked('SEP9')).toEqual([]);
});

const WHY: Subject['why'] = {
  level: 'nonsecure',
  sentence: '',
  rules: [],
  fixes: [],
  limits: [],
};

const REPORT: SystemReport = {
  cluster: { id: 'x', mixedMode: true },
  devices: [],
  calls: [],
  conferences: [
    {
      id: 7,
      kind: 'meet-me',
      number: '5000',
      bridge: 'CFB',
      level: 'nonsecure',
      sinceMs: 0,
      minimum: 'nonsecure',
      allocation: [],
      parties: [],
      links: [],
      why: WHY,
    },
  ],
  legs: [
    {
      device: 'SEP1',
      number: '1001',
      state: 'parked',
      parkedAt: '5901',
      conference: 7,
      told: 'nonsecure',
      own: WHY,
    },
    {
      device: 'SEP4',
      number: '1004',
      state: 'connected',
      conference: 7,
      barged: 'SEP1',
      own: WHY,
    },
  ],
  parked: [],
  barges: [],
  sharedLines: [],
  captures: [],
  announcements: [],
  refusals: [{ atMs: 0, device: 'SEP4', operation: 'remove', why: WHY }],
  counters: { failedAllocations: 0, refusedJoins: 0 },
};
