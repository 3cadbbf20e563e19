import { expect, test } from 'vitest';
import { formatSubject } from './why.ts';

/* Goal: the proof is a tree that a person can read, with the reasons that decided marked. */

test('rule, level, fact, since when, what decided and what would change it', () => {
  const text = formatSubject({
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
