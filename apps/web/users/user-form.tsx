/** One user: name, role, password. A password that is not given stays as it is. */
import type { Role } from '@conclave/api';
import { Button, Group, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Answer, ask } from '../api/request.ts';
import { useSchema } from '../api/schema.ts';
import { faultsByField } from '../kit/field-faults.ts';
import { Loading } from '../kit/loading.tsx';
import { Notice, useAttempt } from '../kit/notice.tsx';
import { ObjectForm, type Values } from '../kit/object-form.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { navigate } from '../router/route.tsx';

export const PATH = '/users';
export const PAGE = '/user-management/user';

export interface User {
  readonly name: string;
  readonly role: Role;
}

export interface UserFormProps {
  /** Absent: a new one. */
  readonly user?: Answer<User>;
}

export function UserForm({ user: answer }: UserFormProps) {
  const user = answer?.data;
  const { t } = useTranslation('users');
  const schema = useSchema(user ? `${PATH}/{name}` : PATH, user ? 'put' : 'post');
  const [values, setValues] = useState<Values>(
    user ? { role: user.role } : { name: '', role: 'read-only', password: '' },
  );
  const { attempt, save, remove } = useUserChanges(user, answer?.version);
  if (!schema) return <Loading />;
  const { byField, others } = faultsByField(attempt.fault, { names: [], schema, values });
  return (
    <PageFrame title={user ? t('editOne', { name: user.name }) : t('edit')}>
      <Notice {...attempt} others={others} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save(values, () => setValues(({ password: _, ...kept }) => kept));
        }}
      >
        <ObjectForm
          schema={schema}
          fields={[...(user ? [] : [{ name: 'name' }]), { name: 'role' }, { name: 'password' }]}
          words={{
            label: (path) => t(path),
            help: () => undefined,
            value: (_path, value) => t(`shell:roles.${value}`),
          }}
          values={values}
          change={setValues}
          faults={byField}
        />
        <Text size="sm" my="sm">
          {t(`explained.${String(values.role)}`)}
        </Text>
        <Group gap="xs">
          <Button type="submit" loading={attempt.busy}>
            {t('save')}
          </Button>
          {user && (
            <Button variant="default" onClick={remove}>
              {t('delete')}
            </Button>
          )}
        </Group>
      </form>
    </PageFrame>
  );
}

function useUserChanges(user: User | undefined, first: string | undefined) {
  const { t } = useTranslation('users');
  const client = useQueryClient();
  const attempt = useAttempt();
  // The one that is shown, whatever comes in meanwhile.
  const [version, setVersion] = useState(first);
  const path = `${PATH}/${encodeURIComponent(user?.name ?? '')}`;
  const run = (work: () => Promise<string>): void =>
    attempt.run(async () => {
      const done = await work();
      await client.invalidateQueries({ queryKey: [PATH] });
      return done;
    });
  return {
    attempt,
    /** `forget` is called when the password is stored. */
    save: (values: Values, forget: () => void) =>
      run(async () => {
        if (user) {
          setVersion((await ask('PUT', path, { body: values, version })).version);
          forget();
          return t('saved', { name: user.name });
        }
        await ask('POST', PATH, { body: values });
        navigate(`${PAGE}/${encodeURIComponent(String(values.name))}`);
        return '';
      }),
    remove: () => {
      if (!window.confirm(t('confirmDelete', { name: user?.name }))) return;
      run(async () => {
        await ask('DELETE', path, { version });
        navigate(PAGE);
        return '';
      });
    },
  };
}
