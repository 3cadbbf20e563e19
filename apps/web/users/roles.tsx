/** Which role may do what. Roles are part of the program; who has which is said in User. */
import type { Permission, Role } from '@conclave/api';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../api/request.ts';
import { DataTable } from '../kit/data-table.tsx';
import { FaultList } from '../kit/fault-list.tsx';
import { PageFrame } from '../kit/page-frame.tsx';

interface Grants {
  readonly role: Role;
  readonly permissions: readonly Permission[];
}

export function RoleList() {
  const { t } = useTranslation('users');
  const { data, error } = useQuery({
    queryKey: ['/roles'],
    queryFn: () => get<readonly Grants[]>('/roles'),
  });
  if (error) return <FaultList fault={error} />;
  const grants = data ?? [];
  return (
    <PageFrame title={t('roles')}>
      <DataTable
        rows={[...new Set(grants.flatMap(({ permissions }) => permissions))]}
        keyOf={(permission) => permission}
        columns={[
          {
            id: 'permission',
            label: t('permission'),
            text: (permission) =>
              t(`permissions.${permission.replace(':', '-')}`, { defaultValue: permission }),
          },
          ...grants.map(({ role, permissions }) => ({
            id: role,
            label: t(`shell:roles.${role}`),
            text: (permission: Permission) => (permissions.includes(permission) ? t('yes') : '–'),
          })),
        ]}
      />
    </PageFrame>
  );
}
