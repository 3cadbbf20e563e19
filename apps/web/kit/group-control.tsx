/** Fields within a field: one object that may be absent, or a list of objects. */
import { Button, Checkbox, Fieldset, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../api/schema.ts';
import { FieldControl, type FieldControlProps } from './field-control.tsx';
import { type FieldPlan, type Values, withField } from './object-form.tsx';

/** An object; one that may be absent is there when its box is ticked. */
export function GroupControl(props: FieldControlProps) {
  const { words, path, value, change, required, schema, disabled } = props;
  const { t } = useTranslation('kit');
  const label = words.label(path);
  const isThere = isValues(value);
  return (
    <Fieldset legend={label}>
      <Stack gap="sm">
        {!required && (
          <Checkbox
            label={t('form.has', { what: label })}
            checked={isThere}
            disabled={disabled}
            onChange={({ currentTarget }) =>
              change(currentTarget.checked ? emptyOf(schema) : undefined)
            }
          />
        )}
        {isThere && <Fields {...props} values={value} />}
      </Stack>
    </Fieldset>
  );
}

export function RowsControl(props: FieldControlProps) {
  const { words, path, at, value, change, schema, faults, disabled } = props;
  const { t } = useTranslation('kit');
  const label = words.label(path);
  const one = words.value(path, 'one');
  const rows = Array.isArray(value) ? value.filter(isValues) : [];
  const item = schema.items ?? {};
  const fault = faults.get(at);
  return (
    <Fieldset legend={label}>
      <Stack gap="sm">
        {fault && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {fault}
          </Text>
        )}
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other identity
          <Fieldset key={index} legend={`${one} ${index + 1}`}>
            <Stack gap="xs">
              <Fields
                {...props}
                schema={item}
                at={`${at}[${index}]`}
                values={row}
                change={(next) => change(rows.map((each, i) => (i === index ? next : each)))}
              />
              <Group>
                <Button
                  variant="default"
                  size="xs"
                  disabled={disabled}
                  onClick={() => change(rows.filter((_, i) => i !== index))}
                >
                  {t('form.remove', { what: `${one} ${index + 1}` })}
                </Button>
              </Group>
            </Stack>
          </Fieldset>
        ))}
        <Group>
          <Button
            variant="default"
            size="xs"
            disabled={disabled}
            onClick={() => change([...rows, numbered(emptyOf(item), rows)])}
          >
            {t('form.addOne', { what: one })}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}

function Fields(props: FieldControlProps & { readonly values: Values }) {
  const { plan, schema, path, at, values, change } = props;
  const plans: readonly FieldPlan[] =
    plan.fields ?? Object.keys(schema.properties ?? {}).map((name) => ({ name }));
  return plans.map((each) => {
    const field = schema.properties?.[each.name];
    if (!field) return undefined;
    return (
      <FieldControl
        {...props}
        key={each.name}
        plan={each}
        schema={field}
        path={`${path}.${each.name}`}
        at={`${at}.${each.name}`}
        required={schema.required?.includes(each.name) ?? false}
        value={values[each.name]}
        change={(value) => change(withField(values, each.name, value))}
      />
    );
  });
}

/** What must be there, empty. */
function emptyOf({ properties = {}, required = [] }: Schema): Values {
  return Object.fromEntries(
    required.map((name) => [name, emptyValue(properties[name] ?? {})] as const),
  );
}

function emptyValue(schema: Schema): unknown {
  switch (schema.type) {
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    case 'array':
      return [];
    case 'object':
      return emptyOf(schema);
    default:
      return schema.enum?.[0] ?? '';
  }
}

/** A row with a number has the next one: the first button without a line. */
function numbered(row: Values, rows: readonly Values[]): Values {
  if (typeof row.index !== 'number') return row;
  return { ...row, index: Math.max(0, ...rows.map(({ index }) => Number(index) || 0)) + 1 };
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
