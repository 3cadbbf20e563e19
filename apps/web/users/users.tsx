/** Who may log in, and in which role. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask, get } from '../api/request.ts';
import { AddNew } from '../kit/add-new.tsx';
import { FaultList } from '../kit/fault-list.tsx';
import { FindAndList } from '../kit/find-and-list.tsx';
import { Loading } from '../kit/loading.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { PAGE, PATH, type User, UserForm } from './user-form.tsx';

export function UserList() {
  const { t } = useTranslation('users');
  const { data, error } = useQuery({
    queryKey: [PATH],
    queryFn: () => get<readonly User[]>(PATH),
  });
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

export function UserEdit({ name }: { readonly name: string }) {
  const path = `${PATH}/${encodeURIComponent(name)}`;
  const { data, error } = useQuery({
    queryKey: [PATH, name],
    queryFn: () => ask<User>('GET', path),
    // Who begins to edit begins with what is stored now.
    gcTime: 0,
  });
  if (error) return <FaultList fault={error} />;
  if (!data) return <Loading />;
  return <UserForm user={data} />;
}
