/** The control for one field, by the kind of its schema. */
import {
  Checkbox,
  NativeSelect,
  NumberInput,
  PasswordInput,
  Switch,
  TextInput,
} from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../api/schema.ts';
import { ChosenList } from './chosen-list.tsx';
import { GroupControl, RowsControl } from './group-control.tsx';
import type { FieldPlan, FieldWords } from './object-form.tsx';

export interface FieldControlProps {
  readonly plan: FieldPlan;
  readonly schema: Schema;
  /** By which words are found: `lines.label`. */
  readonly path: string;
  /** By which faults are found: `lines[0].label`. */
  readonly at: string;
  readonly required: boolean;
  readonly words: FieldWords;
  readonly value: unknown;
  readonly change: (value: unknown) => void;
  readonly faults: ReadonlyMap<string, string>;
  readonly disabled: boolean;
}

export function FieldControl(props: FieldControlProps) {
  const { schema, plan } = props;
  switch (schema.type) {
    case 'boolean':
      return <BooleanControl {...props} />;
    case 'integer':
    case 'number':
      return <NumberControl {...props} />;
    case 'object':
      return <GroupControl {...props} />;
    case 'array':
      return schema.items?.type === 'object' ? (
        <RowsControl {...props} />
      ) : (
        <ChosenList {...props} />
      );
    default:
      return schema.enum || plan.options ? (
        <ChoiceControl {...props} />
      ) : (
        <TextControl {...props} />
      );
  }
}

/** What every control of one value is given. */
function common({ words, path, at, faults, disabled }: FieldControlProps) {
  return {
    label: words.label(path),
    description: words.help(path),
    error: faults.get(at),
    disabled,
    name: at,
  };
}

/** An empty text is sent where a text must be, and nothing where none need be. */
function TextControl(props: FieldControlProps) {
  const { value, change, required, path, schema } = props;
  const { t } = useTranslation('kit');
  const fields = {
    ...common(props),
    value: typeof value === 'string' ? value : '',
    onChange: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) =>
      change(currentTarget.value === '' && !required ? undefined : currentTarget.value),
    withAsterisk: required && (schema.minLength ?? 0) > 0,
  };
  if (!/password$/i.test(path)) return <TextInput {...fields} />;
  return (
    <PasswordInput
      {...fields}
      description={required ? undefined : t('form.unchanged')}
      autoComplete="new-password"
      visibilityToggleButtonProps={{ 'aria-label': t('shell:logIn.show') }}
    />
  );
}

function NumberControl(props: FieldControlProps) {
  const { value, change, schema, required } = props;
  return (
    <NumberInput
      {...common(props)}
      value={typeof value === 'number' ? value : ''}
      onChange={(number) => change(number === '' ? undefined : Number(number))}
      {...(schema.minimum !== undefined && { min: schema.minimum })}
      {...(schema.maximum !== undefined && { max: schema.maximum })}
      clampBehavior="none"
      allowDecimal={false}
      withAsterisk={required}
      hideControls
    />
  );
}

/** Yes or no; a third state only where the field may be absent, which then means no. */
function BooleanControl(props: FieldControlProps) {
  const { value, change, required } = props;
  const fields = {
    ...common(props),
    checked: value === true,
    onChange: ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) =>
      change(currentTarget.checked || (required ? false : undefined)),
  };
  return required ? <Switch {...fields} /> : <Checkbox {...fields} />;
}

function ChoiceControl(props: FieldControlProps) {
  const { value, change, schema, plan, required, words, path } = props;
  const { t } = useTranslation('kit');
  const known = schema.enum ?? plan.options ?? [];
  const current = typeof value === 'string' ? value : '';
  // What was chosen once is shown even if it cannot be chosen any more.
  const all = current === '' || known.includes(current) ? known : [...known, current];
  const absent = schema.enum ? t('form.default') : t('form.none');
  const mayBeEmpty = !required || current === '' || (schema.minLength ?? 0) === 0;
  return (
    <NativeSelect
      {...common(props)}
      value={current}
      onChange={({ currentTarget }) =>
        change(currentTarget.value === '' && !required ? undefined : currentTarget.value)
      }
      data={[
        ...(mayBeEmpty && !(required && schema.enum) ? [{ value: '', label: absent }] : []),
        ...all.map((each) => ({ value: each, label: words.value(path, each) })),
      ]}
      withAsterisk={required && (schema.minLength ?? 0) > 0}
    />
  );
}
