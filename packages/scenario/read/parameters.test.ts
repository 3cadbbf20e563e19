import { SERVICE_PARAMETERS } from '@conclave/store';
import { expect, test } from 'vitest';
import { PARAMETERS, PHONE_DEFAULTS } from './parameters.ts';

/* Goal: a scenario's service parameters are those of the system, under the same names, with its choices. */

test.each(Object.values({ ...PARAMETERS, ...PHONE_DEFAULTS }).map((each) => [each.name, each]))(
  'CUCM knows %s',
  (name, { shape }) => {
    const spec = SERVICE_PARAMETERS.find((each) => each.name === name);
    const values = spec?.choices ?? [spec?.min ?? 'True', spec?.max ?? 'False'].map(String);
    expect(spec).toBeDefined();
    for (const text of values) {
      const node = { kind: 'text', text, value: text, line: 1, column: 1 } as const;
      expect(shape.read(node, name, [])).toBeDefined();
    }
  },
);
