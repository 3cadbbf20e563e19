/** Parameters as rows: each with its control, its help, its default and its range. */
import type { Parameter } from '@conclave/api';
import { NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { DataTable } from '../kit/data-table.tsx';

export interface ParameterTableProps {
  readonly parameters: readonly Parameter[];
  /** Values that are not saved yet, by name. */
  readonly edits: Readonly<Record<string, string>>;
  readonly edit: (values: Readonly<Record<string, string>>) => void;
  readonly faults: ReadonlyMap<string, string>;
  readonly disabled: boolean;
}

export function ParameterTable(props: ParameterTableProps) {
  const { t } = useTranslation('parameters');
  return (
    <DataTable
      rows={props.parameters}
      keyOf={({ name }) => name}
      columns={[
        {
          id: 'name',
          label: t('name'),
          text: ({ name }) => name,
          cell: (parameter) => <Name parameter={parameter} />,
        },
        {
          id: 'value',
          label: t('value'),
          text: ({ value }) => value,
          cell: (parameter) => <Value {...props} parameter={parameter} />,
        },
        { id: 'default', label: t('default'), text: (each) => each.default },
        { id: 'range', label: t('range'), text: ({ range }) => range },
      ]}
    />
  );
}

function Name({ parameter: { name, help, inForce } }: { readonly parameter: Parameter }) {
  const { t } = useTranslation('parameters');
  return (
    <Stack gap={0}>
      <Text size="sm" fw={600}>
        {name}
      </Text>
      <Text size="xs" c="dimmed">
        {textIn(t, name) ?? help}
        {!inForce && ` ${t('notInForce')}`}
      </Text>
    </Stack>
  );
}

/** The API helps in English; another language may say it itself. */
function textIn(t: TFunction<'parameters'>, name: string): string | undefined {
  return t(`help.${name}`, { defaultValue: '' }) || undefined;
}

function Value(props: ParameterTableProps & { readonly parameter: Parameter }) {
  const { parameter, edits, edit, faults, disabled } = props;
  const { name, value, choices } = parameter;
  const fields = {
    'aria-label': name,
    value: edits[name] ?? value,
    error: faults.get(name),
    disabled,
    size: 'xs',
    miw: 160,
  };
  return choices ? (
    <NativeSelect
      {...fields}
      onChange={({ currentTarget }) => edit({ [name]: currentTarget.value })}
      data={[...choices]}
    />
  ) : (
    <TextInput
      {...fields}
      onChange={({ currentTarget }) => edit({ [name]: currentTarget.value })}
    />
  );
}
