/** Who may log in, and in which role: Find and List, and a form for each. */
import type { Role } from '@conclave/api';
import { Button, Group, NativeSelect, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, get, RequestFault } from '../api/request.ts';
import { useSchema } from '../api/schema.ts';
import { AddNew } from '../kit/add-new.tsx';
import { FaultList } from '../kit/fault-list.tsx';
import { faultsByField } from '../kit/field-faults.ts';
import { FindAndList } from '../kit/find-and-list.tsx';
import { Notice, useAttempt } from '../kit/notice.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { navigate } from '../router/route.tsx';

const PATH = '/users';
const PAGE = '/user-management/user';

interface User {
  readonly name: string;
  readonly role: Role;
}

export function UserList() {
  const { t } = useTranslation('users');
  const { data, error } = useQuery({ queryKey: [PATH], queryFn: () => get<User[]>(PATH) });
  return (
    <PageFrame title={t('find')} actions={<AddNew to={`${PAGE}/new`} />}>
      <FindAndList
        rows={data}
        error={error}
        keyOf={({ name }) => name}
        linkOf={({ name }) => `${PAGE}/${encodeURIComponent(name)}`}
        columns={[
          { id: 'name', label: t('name'), text: ({ name }) => name },
          { id: 'role', label: t('role'), text: ({ role }) => t(`shell:roles.${role}`) },
        ]}
      />
    </PageFrame>
  );
}

/** Absent: a new one. */
export function UserEdit({ name }: { readonly name?: string }) {
  const { t } = useTranslation('users');
  const { data, error } = useQuery({ queryKey: [PATH], queryFn: () => get<User[]>(PATH) });
  if (error) return <FaultList fault={error} />;
  const user = data?.find((each) => each.name === name);
  if (name !== undefined && data && !user) {
    return <PageFrame title={t('edit')}>{t('gone', { name })}</PageFrame>;
  }
  if (!data) return undefined;
  return <UserForm {...(user && { user })} />;
}

function UserForm({ user }: { readonly user?: User }) {
  const { t } = useTranslation('users');
  const client = useQueryClient();
  const schema = useSchema(PATH);
  const attempt = useAttempt();
  const [name, setName] = useState('');
  const [role, setRole] = useState<string>(user?.role ?? 'read-only');
  const [password, setPassword] = useState('');
  const { byField, others } = faultsByField(attempt.fault, {
    names: [],
    schema: schema ?? {},
    values: {},
  });
  const run = (work: () => Promise<string>): void =>
    attempt.run(async () => {
      const done = await work();
      setPassword('');
      await client.invalidateQueries({ queryKey: [PATH] });
      return done;
    });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    run(async () => {
      if (user) {
        const body = { role, ...(password !== '' && { password }) };
        await ask('PUT', pathOf(user.name), { body });
        return t('saved', { name: user.name });
      }
      await ask('POST', PATH, { body: { name, role, password } });
      navigate(`${PAGE}/${encodeURIComponent(name)}`);
      return '';
    });
  };
  return (
    <PageFrame title={t('edit')}>
      <Notice {...attempt} {...(attempt.fault instanceof RequestFault && { others })} />
      <form onSubmit={submit}>
        <Stack gap="sm" maw={560}>
          <TextInput
            label={t('name')}
            value={user?.name ?? name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            error={byField.get('name')}
            disabled={user !== undefined}
            required={user === undefined}
            autoComplete="off"
          />
          <NativeSelect
            label={t('role')}
            description={t(`explained.${role}`)}
            value={role}
            onChange={({ currentTarget }) => setRole(currentTarget.value)}
            error={byField.get('role')}
            data={(schema?.properties?.role?.enum ?? [role]).map((each) => ({
              value: each,
              label: t(`shell:roles.${each}`),
            }))}
          />
          <PasswordInput
            label={t('password')}
            description={user ? t('unchanged') : undefined}
            value={password}
            onChange={({ currentTarget }) => setPassword(currentTarget.value)}
            error={byField.get('password')}
            required={user === undefined}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('shell:logIn.show') }}
          />
          <Group gap="xs">
            <Button type="submit" loading={attempt.busy}>
              {t('save')}
            </Button>
            {user && (
              <Button
                variant="default"
                onClick={() => {
                  if (!window.confirm(t('confirmDelete', { name: user.name }))) return;
                  run(async () => {
                    await ask('DELETE', pathOf(user.name));
                    navigate(PAGE);
                    return '';
                  });
                }}
              >
                {t('delete')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </PageFrame>
  );
}

function pathOf(name: string): string {
  return `${PATH}/${encodeURIComponent(name)}`;
}
