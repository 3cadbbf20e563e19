/** Who may log in, and in which role. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../api/request.ts';
import { AddNew } from '../kit/add-new.tsx';
import { FaultList } from '../kit/fault-list.tsx';
import { FindAndList } from '../kit/find-and-list.tsx';
import { Loading } from '../kit/loading.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { PAGE, PATH, type User, UserForm } from './user-form.tsx';

export function UserList() {
  const { t } = useTranslation('users');
  const { data, error } = useUsers();
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
  const { t } = useTranslation('users');
  const { data, error } = useUsers();
  if (error) return <FaultList fault={error} />;
  if (!data) return <Loading />;
  const user = data.find((each) => each.name === name);
  if (!user) return <PageFrame title={t('edit')}>{t('gone', { name })}</PageFrame>;
  return <UserForm user={user} />;
}

function useUsers() {
  return useQuery({ queryKey: [PATH], queryFn: () => get<readonly User[]>(PATH) });
}
