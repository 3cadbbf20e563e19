/*
 * Goal: a fault stands at the field that it is about, and is never lost. Method: faults as the API words them, for a
 * form with rows.
 */
import { expect, test } from 'vitest';
import { RequestFault } from '../api/request.ts';
import type { Schema } from '../api/schema.ts';
import { faultsByField } from './field-faults.ts';

const schema: Schema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    digest: { type: 'object', properties: { password: { type: 'string' } } },
    lines: {
      type: 'array',
      items: { type: 'object', properties: { index: { type: 'integer' }, label: {} } },
    },
  },
};
const values = { name: 'SEP1', lines: [{ index: 1 }, { index: 7, label: 'x' }] };

test.each([
  ['name', 'name', 'of the wrong shape'],
  ['lines[1].label', 'lines[1].label', 'of the wrong shape, by its place'],
  ['phones[SEP1].name', 'name', 'that breaks a rule'],
  ['phones[SEP1].lines[7].label', 'lines[1].label', 'of a row, by its number'],
  ['phones[SEP1].digest.password', 'digest.password', 'of a part'],
  ['phones[SEP1].lines', 'lines', 'of all rows together'],
])('%s stands at %s: a field %s', (field, at) => {
  const { byField, others } = found(field);
  expect([...byField]).toEqual([[at, 'is wrong']]);
  expect(others).toEqual([]);
});

test.each([
  ['phones[SEP2].name', 'another object'],
  ['phones[SEP1]', 'the object as a whole'],
  ['phones[SEP1].lines.index', 'no single row'],
  ['phones[SEP1].lines[9].label', 'a row that is not there'],
  ['phones[SEP1].colour', 'a field that the form does not have'],
  ['cluster.securityMode', 'something else'],
])('%s stands at no field: it is about %s', (field) => {
  const { byField, others } = found(field);
  expect(byField.size).toBe(0);
  expect(others).toEqual([{ field, rule: 'is wrong' }]);
});

test('two faults of one field are both told, and what is no refusal has none', () => {
  const fault = new RequestFault(422, {
    faults: [
      { field: 'name', rule: 'is long' },
      { field: 'phones[SEP1].name', rule: 'is taken' },
    ],
  });
  const edited = { names: ['phones[SEP1]'], schema, values };
  expect(faultsByField(fault, edited).byField.get('name')).toBe('is long; is taken');
  expect(faultsByField(new Error('x'), edited).byField.size).toBe(0);
});

function found(field: string) {
  const fault = new RequestFault(422, { faults: [{ field, rule: 'is wrong' }] });
  return faultsByField(fault, { names: ['phones[SEP1]'], schema, values });
}
