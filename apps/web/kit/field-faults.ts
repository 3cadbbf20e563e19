/**
 * Which fault stands at which field. The API names a field of the wrong shape as it was sent,
 * `lines[0].label`, and one that breaks a rule by its object and by the number of its row:
 * `phones[SEP000000001001].lines[1].label`.
 */
import type { Fault } from '@conclave/api';
import { RequestFault } from '../api/request.ts';
import type { Schema } from '../api/schema.ts';
import type { Values } from './object-form.tsx';

export interface FieldFaults {
  readonly byField: ReadonlyMap<string, string>;
  /** Those that are about no field of the form. */
  readonly others: readonly Fault[];
}

export interface EditedObject {
  /** What the API may call it, such as `phones[SEP000000001001]`. */
  readonly names: readonly string[];
  readonly schema: Schema;
  readonly values: Values;
}

export function faultsByField(fault: unknown, edited: EditedObject): FieldFaults {
  const byField = new Map<string, string>();
  const others: Fault[] = [];
  const faults = fault instanceof RequestFault ? fault.faults : [];
  for (const each of faults) {
    const field = fieldOf(each.field, edited);
    if (!hasField(edited.schema, field)) others.push(each);
    else byField.set(field, [byField.get(field), each.rule].filter(Boolean).join('; '));
  }
  return { byField, others };
}

/** The field's path in the form; empty: it has none. */
function fieldOf(field: string, { names, values }: EditedObject): string {
  const name = names.find((each) => field.startsWith(`${each}.`));
  if (name === undefined) return field;
  const own = field.slice(name.length + 1);
  const [row, list = '', number] = /^(\w+)\[(\d+)\]/.exec(own) ?? [];
  const rows = values[list];
  if (row === undefined || !Array.isArray(rows)) return own;
  const at = rows.findIndex((each: { readonly index?: unknown }) => each.index === Number(number));
  return at < 0 ? '' : `${list}[${at}]${own.slice(row.length)}`;
}

function hasField(schema: Schema, path: string): boolean {
  let here: Schema | undefined = schema;
  for (const step of path.split(/[.[\]]+/).filter((each) => each !== '')) {
    here = /^\d+$/.test(step) ? here?.items : here?.properties?.[step];
  }
  return path !== '' && here !== undefined;
}
