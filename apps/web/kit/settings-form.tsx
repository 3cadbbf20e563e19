/**
 * A form for the one thing at an address of the API, such as `/cluster`: read with its version, changed by PUT. If
 * somebody else was quicker nothing is saved, and what is stored can be taken over.
 */
import { Button, Group, Stack } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { refreshConfiguration } from '../api/objects.ts';
import { type Answer, ask, RequestFault } from '../api/request.ts';
import { useSchema } from '../api/schema.ts';
import { FaultList } from './fault-list.tsx';
import { faultsByField } from './field-faults.ts';
import { Loading } from './loading.tsx';
import { Notice, useAttempt } from './notice.tsx';
import { type FieldPlan, type FieldWords, ObjectForm, type Values } from './object-form.tsx';

export interface SettingsFormProps {
  readonly path: string;
  readonly fields: readonly FieldPlan[];
  readonly words: FieldWords;
  /** What the API calls it in faults, such as `cluster`. */
  readonly name: string;
  readonly disabled: boolean;
}

export function SettingsForm({ path, fields, words, name, disabled }: SettingsFormProps) {
  const { t } = useTranslation('kit');
  const schema = useSchema(path, 'put');
  const { error, edited, setEdited, takeTheirs, save, attempt } = useSettings(path);
  if (error) return <FaultList fault={error} />;
  if (!schema || !edited) return <Loading />;
  const { fault } = attempt;
  const { data: values } = edited;
  const { byField, others } = faultsByField(fault, { names: [name], schema, values });
  const isConflict = fault instanceof RequestFault && fault.code === 'changed';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save(t('form.saved'));
      }}
    >
      <Stack gap="sm">
        <Notice {...attempt} others={others} />
        <ObjectForm
          schema={schema}
          fields={fields}
          words={words}
          values={values}
          change={(data) => setEdited({ ...edited, data })}
          faults={byField}
          disabled={disabled}
        />
        {!disabled && (
          <Group gap="xs">
            <Button type="submit" loading={attempt.busy}>
              {t('form.save')}
            </Button>
            <Button variant="default" onClick={() => void takeTheirs()}>
              {isConflict ? t('form.takeStored') : t('form.cancel')}
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
}

function useSettings(path: string) {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: [path],
    queryFn: () => ask<Values>('GET', path),
    // Who begins to edit begins with what is stored now.
    gcTime: 0,
  });
  const [edited, setEdited] = useState<Answer<Values>>();
  const attempt = useAttempt();
  // What is being edited stays as it is, whatever comes in meanwhile.
  useEffect(() => {
    if (data) setEdited((now) => now ?? data);
  }, [data]);
  return {
    error,
    edited,
    setEdited,
    attempt,
    takeTheirs: async () => {
      attempt.forget();
      setEdited((await refetch()).data);
    },
    save: (done: string) =>
      attempt.run(async () => {
        const body = edited?.data;
        setEdited(await ask<Values>('PUT', path, { body, version: edited?.version }));
        await refreshConfiguration(client);
        return done;
      }),
  };
}
