/** Some of many, such as the members of a group; in a list the first one comes first. */
import { ActionIcon, Button, Fieldset, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldControlProps } from './field-control.tsx';

export function ChosenList(props: FieldControlProps) {
  const { words, path, at, value, change, plan, faults, disabled } = props;
  const { t } = useTranslation('kit');
  const chosen = Array.isArray(value) ? value.map(String) : [];
  const available = (plan.options ?? []).filter((each) => !chosen.includes(each));
  const [next, setNext] = useState('');
  const adding = available.includes(next) ? next : (available[0] ?? '');
  const fault = faults.get(at);
  const move = (index: number, by: number): void => {
    const [taken = ''] = chosen.slice(index, index + 1);
    change(chosen.toSpliced(index, 1).toSpliced(index + by, 0, taken));
  };
  return (
    <Fieldset legend={words.label(path)}>
      <Stack gap="xs">
        {fault && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {fault}
          </Text>
        )}
        {chosen.length === 0 && <Text size="sm">{t('form.none')}</Text>}
        {chosen.map((each, index) => (
          <Entry
            key={each}
            name={each}
            disabled={disabled}
            remove={() => change(chosen.filter((other) => other !== each))}
            {...(plan.ordered && {
              place: { index, last: chosen.length - 1, move: (by: number) => move(index, by) },
            })}
          />
        ))}
        <Group align="flex-end" gap="xs">
          <NativeSelect
            label={t('form.available')}
            value={adding}
            disabled={disabled || available.length === 0}
            onChange={({ currentTarget }) => setNext(currentTarget.value)}
            data={[...available]}
          />
          <Button
            variant="default"
            disabled={disabled || adding === ''}
            onClick={() => change([...chosen, adding])}
          >
            {t('form.add')}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}

interface EntryProps {
  readonly name: string;
  readonly disabled: boolean;
  readonly remove: () => void;
  /** Where the order matters. */
  readonly place?: {
    readonly index: number;
    readonly last: number;
    readonly move: (by: number) => void;
  };
}

function Entry({ name, disabled, remove, place }: EntryProps) {
  const { t } = useTranslation('kit');
  const button = (label: string, sign: string, isOff: boolean, act: () => void) => (
    <ActionIcon
      variant="default"
      aria-label={t(`form.${label}`, { what: name })}
      disabled={disabled || isOff}
      onClick={act}
    >
      {sign}
    </ActionIcon>
  );
  return (
    <Group gap="xs" justify="space-between" wrap="nowrap">
      <Text size="sm">{place ? `${place.index + 1}. ${name}` : name}</Text>
      <Group gap={4} wrap="nowrap">
        {place && button('up', '↑', place.index === 0, () => place.move(-1))}
        {place && button('down', '↓', place.index === place.last, () => place.move(1))}
        {button('remove', '×', false, remove)}
      </Group>
    </Group>
  );
}
