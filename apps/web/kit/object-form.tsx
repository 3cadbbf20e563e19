/**
 * The fields of an object, made of the API's own schema: a choice for an enumeration, a switch for yes or no,
 * a list for a list. Each fault stands at its field. It holds no values: who shows it does.
 */
import { Stack } from '@mantine/core';
import type { Schema } from '../api/schema.ts';
import { FieldControl } from './field-control.tsx';

/** What the schema does not tell of a field. */
export interface FieldPlan {
  readonly name: string;
  /** What can be chosen, such as names of device pools; for a list, of its entries. */
  readonly options?: readonly string[];
  /** The first one first: entries can be moved. */
  readonly ordered?: boolean;
  /** Of an object, or of the objects of a list. */
  readonly fields?: readonly FieldPlan[];
}

/** Words for fields and values; they are asked for by path, such as `lines.label`. */
export interface FieldWords {
  label(path: string): string;
  help(path: string): string | undefined;
  value(path: string, value: string): string;
}

export type Values = Readonly<Record<string, unknown>>;

export interface ObjectFormProps {
  readonly schema: Schema;
  readonly fields: readonly FieldPlan[];
  readonly words: FieldWords;
  readonly values: Values;
  readonly change: (values: Values) => void;
  /** The rule that is broken, by the path of the field, such as `lines[0].label`. */
  readonly faults: ReadonlyMap<string, string>;
  readonly disabled?: boolean;
}

export function ObjectForm(props: ObjectFormProps) {
  const { schema, fields, words, values, change, faults, disabled = false } = props;
  return (
    <Stack gap="sm" maw={560}>
      {fields.map((plan) => {
        const field = schema.properties?.[plan.name];
        if (!field) return undefined;
        return (
          <FieldControl
            key={plan.name}
            plan={plan}
            schema={field}
            path={plan.name}
            at={plan.name}
            required={schema.required?.includes(plan.name) ?? false}
            words={words}
            value={values[plan.name]}
            change={(value) => change(withField(values, plan.name, value))}
            faults={faults}
            disabled={disabled}
          />
        );
      })}
    </Stack>
  );
}

/** An absent field is not sent at all. */
export function withField(values: Values, name: string, value: unknown): Values {
  const { [name]: _, ...others } = values;
  return value === undefined ? others : { ...others, [name]: value };
}

/** The same for the same, whatever the order of the fields. */
export function textOf(value: unknown): string {
  return (
    JSON.stringify(value, (_key, each: unknown) =>
      typeof each === 'object' && each !== null && !Array.isArray(each)
        ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
        : each,
    ) ?? ''
  );
}
