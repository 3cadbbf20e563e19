/** Changes one's own password, which has to be known. */
import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../api/request.ts';
import { useMay } from '../api/session.tsx';
import { faultsByField } from '../kit/field-faults.ts';
import { Notice, useAttempt } from '../kit/notice.tsx';
import { ObjectForm, type Values } from '../kit/object-form.tsx';
import { PageFrame } from '../kit/page-frame.tsx';

const EMPTY = { password: '', newPassword: '' };

/** As the API has it; said here, as not every role may read the API's document. */
const SCHEMA = {
  properties: { password: { type: 'string' }, newPassword: { type: 'string' } },
  required: ['password', 'newPassword'],
} as const;

export function OwnPassword() {
  const { t } = useTranslation('users');
  const attempt = useAttempt();
  const mayChange = useMay('own:manage');
  const [values, setValues] = useState<Values>(EMPTY);
  const { byField, others } = faultsByField(attempt.fault, { names: [], schema: SCHEMA, values });
  const save = (): void =>
    attempt.run(async () => {
      await ask('PUT', '/session/password', { body: values });
      setValues(EMPTY);
      return t('own.saved');
    });
  return (
    <PageFrame title={t('own.title')}>
      <Notice {...attempt} others={others} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <ObjectForm
          schema={SCHEMA}
          fields={[{ name: 'password' }, { name: 'newPassword' }]}
          words={{
            label: (path) => t(`own.${path}`),
            help: () => undefined,
            value: (_path, value) => value,
          }}
          values={values}
          change={setValues}
          faults={byField}
          disabled={!mayChange}
        />
        <Group mt="md">
          <Button type="submit" loading={attempt.busy}>
            {t('save')}
          </Button>
        </Group>
      </form>
    </PageFrame>
  );
}
